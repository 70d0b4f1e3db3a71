package dev.terrane.pd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.pd.PdCluster.Answer;
import dev.terrane.pd.PdCluster.Node;
import dev.terrane.proto.etcdserverpb.MemberListRequest;
import dev.terrane.proto.etcdserverpb.MemberListResponse;
import dev.terrane.proto.pdpb.GetMembersRequest;
import dev.terrane.proto.pdpb.GetMembersResponse;
import dev.terrane.proto.pdpb.TsoRequest;
import dev.terrane.proto.pdpb.TsoResponse;
import dev.terrane.proto.terranepd.AddMemberRequest;
import dev.terrane.proto.terranepd.AddMemberResponse;
import dev.terrane.proto.terranepd.ChangeRulesRequest;
import dev.terrane.proto.terranepd.ChangeRulesResponse;
import dev.terrane.proto.terranepd.DecideKeyModeRequest;
import dev.terrane.proto.terranepd.KeyMode;
import dev.terrane.proto.terranepd.ListMembersRequest;
import dev.terrane.proto.terranepd.ListMembersResponse;
import dev.terrane.proto.terranepd.Member;
import dev.terrane.proto.terranepd.RemoveMemberRequest;
import dev.terrane.proto.terranepd.RemoveMemberResponse;
import dev.terrane.proto.terranepd.RulesChange;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How PD's own group grows, shrinks and heals, while it serves. */
class MembersTest {
  private static long timestamp(PdCluster cluster) {
    TsoResponse response =
        cluster.onLeader(
            TsoRequest.newBuilder().setHeader(cluster.header()).setCount(1).build(), Pd::tso);
    return response.getTimestamp().getPhysical() << 18 | response.getTimestamp().getLogical();
  }

  @Test
  void servesAsAClusterOfOneAtOnce() {
    PdCluster cluster = PdCluster.found(1);
    assertThat(cluster.nowNanos())
        .as("no election timeout is waited for")
        .isLessThan(1_200_000_000L);
    assertThat(timestamp(cluster)).isPositive();
  }

  @Test
  void growsToThreeWhileServing() {
    PdCluster cluster = PdCluster.found(2);
    long first = timestamp(cluster);
    Node second = cluster.join("pd-2");
    cluster.runFor(Duration.ofSeconds(5));
    assertThat(cluster.voters()).as("the second stays a learner").isEqualTo(1);
    assertThat(second.running().stateOrThrow().clusterId()).isEqualTo(cluster.clusterId());
    long between = timestamp(cluster);
    assertThat(between).isGreaterThan(first);

    Node third = cluster.join("pd-3");
    int[] seen = new int[4];
    cluster.runUntil(
        "three voters",
        () -> {
          seen[cluster.voters()]++;
          return cluster.voters() == 3;
        });
    assertThat(seen[2]).as("never two voters").isZero();
    assertThat(timestamp(cluster)).isGreaterThan(between);
    cluster.runFor(Duration.ofSeconds(1));
    assertThat(third.running().stateOrThrow().membership().voters().size()).isEqualTo(3);
  }

  @Test
  void growsToFiveAndSurvivesTwoCrashes() {
    PdCluster cluster = PdCluster.of(5, 3);
    long before = timestamp(cluster);
    cluster.crash(cluster.leaderOrThrow());
    cluster.runUntil("a second leader", () -> cluster.leader() != null);
    cluster.crash(cluster.leaderOrThrow());
    assertThat(timestamp(cluster)).isGreaterThan(before);
  }

  @Test
  void everyMemberTellsWhoTheMembersAre() {
    PdCluster cluster = PdCluster.of(3, 4);
    Node leader = cluster.leaderOrThrow();
    cluster.runFor(Duration.ofSeconds(1));
    for (Node node : cluster.nodeById.values()) {
      Answer<GetMembersResponse> members =
          cluster.ask(node, GetMembersRequest.getDefaultInstance(), Pd::getMembers);
      Answer<MemberListResponse> etcd =
          cluster.ask(node, MemberListRequest.getDefaultInstance(), Pd::memberList);
      cluster.step();
      GetMembersResponse response = members.get();
      assertThat(response.getHeader().getClusterId()).isEqualTo(cluster.clusterId());
      assertThat(response.getMembersList())
          .extracting(m -> m.getName())
          .containsExactlyInAnyOrder("pd-1", "pd-2", "pd-3");
      assertThat(response.getLeader().getMemberId()).isEqualTo(leader.memberId);
      assertThat(response.getMembersList()).contains(response.getLeader());
      assertThat(response.getLeader().getClientUrlsList())
          .containsExactly("http://" + leader.name + ":2379");
      assertThat(etcd.get().getMembersList())
          .allSatisfy(m -> {
            assertThat(m.getName()).isNotEmpty();
            assertThat(m.getClientURLsList()).isNotEmpty();
            assertThat(m.getIsLearner()).isFalse();
          });
    }
  }

  @Test
  void joiningTwiceChangesNothing() {
    PdCluster cluster = PdCluster.found(5);
    Node second = cluster.join("pd-2");
    AddMemberRequest again = AddMemberRequest.newBuilder().setMember(second.record()).build();
    AddMemberResponse response = cluster.onLeader(again, Pd::addMember);
    assertThat(response.getHeader().hasError()).isFalse();
    assertThat(response.getMembersList()).hasSize(2);
  }

  @Test
  void refusesASecondMemberOfALivingMembersName() {
    PdCluster cluster = PdCluster.of(3, 6);
    AddMemberRequest impostor =
        AddMemberRequest.newBuilder()
            .setMember(cluster.leaderOrThrow().record().toBuilder().setId(99))
            .build();
    AddMemberResponse response = cluster.onLeader(impostor, Pd::addMember);
    assertThat(response.getHeader().getError().getMessage()).contains("is alive");
    assertThat(cluster.members()).hasSize(3);
  }

  @Test
  void whatAMemberSaysOfItselfIsBounded() {
    PdCluster cluster = PdCluster.found(36);
    AddMemberRequest.Builder talker = AddMemberRequest.newBuilder();
    talker
        .getMemberBuilder()
        .setId(99)
        .setName("n".repeat(5_000))
        .addPeerUrls("http://n:1")
        .addClientUrls("http://n:1");
    AddMemberResponse response = cluster.onLeader(talker.build(), Pd::addMember);
    assertThat(response.getHeader().getError().getMessage()).contains("at most 4096");
    assertThat(cluster.members()).hasSize(1);
  }

  @Test
  void aMemberWhoseDiskIsLostIsReplacedByOneOfItsName() {
    PdCluster cluster = PdCluster.of(3, 7);
    Node leader = cluster.leaderOrThrow();
    Node lost =
        cluster.nodeById.values().stream().filter(node -> node != leader).findFirst().orElseThrow();
    cluster.crash(lost);
    cluster.nodeById.remove(lost.memberId);
    cluster.runFor(Duration.ofSeconds(5));
    Node heir = cluster.join(lost.name);
    cluster.runUntil(
        "the heir votes",
        () -> {
          var membership = cluster.leaderOrThrow().running().stateOrThrow().membership();
          return !membership.isJoint() && membership.isVoter(heir.memberId);
        });
    var membership = cluster.leaderOrThrow().running().stateOrThrow().membership();
    assertThat(membership.voters().size()).isEqualTo(3);
    assertThat(membership.contains(lost.memberId)).isFalse();
    assertThat(cluster.members())
        .extracting(m -> m.getMember().getId())
        .doesNotContain(lost.memberId);
  }

  @Test
  void removingAMemberOfThreeLeavesOneVoterAndALearner() {
    PdCluster cluster = PdCluster.of(3, 8);
    Node leader = cluster.leaderOrThrow();
    Node leaving =
        cluster.nodeById.values().stream().filter(node -> node != leader).findFirst().orElseThrow();
    RemoveMemberRequest request =
        RemoveMemberRequest.newBuilder()
            .setHeader(cluster.header())
            .setMemberId(leaving.memberId)
            .build();
    RemoveMemberResponse response = cluster.onLeader(request, Pd::removeMember);
    assertThat(response.getHeader().hasError()).isFalse();
    cluster.runUntil("one voter", () -> cluster.voters() == 1);
    assertThat(cluster.members()).hasSize(2);
    assertThat(timestamp(cluster)).isPositive();
  }

  @Test
  void theLeaderHandsOverBeforeItIsRemoved() {
    PdCluster cluster = PdCluster.of(3, 9);
    Node leader = cluster.leaderOrThrow();
    RemoveMemberRequest request =
        RemoveMemberRequest.newBuilder()
            .setHeader(cluster.header())
            .setMemberId(leader.memberId)
            .build();
    cluster.onLeader(request, Pd::removeMember);
    cluster.runUntil("one voter", () -> cluster.voters() == 1);
    assertThat(cluster.leaderOrThrow().memberId).isNotEqualTo(leader.memberId);
  }

  @Test
  void theOnlyVoterCannotBeRemoved() {
    PdCluster cluster = PdCluster.found(10);
    RemoveMemberRequest request =
        RemoveMemberRequest.newBuilder()
            .setHeader(cluster.header())
            .setMemberId(cluster.leaderOrThrow().memberId)
            .build();
    RemoveMemberResponse response = cluster.onLeader(request, Pd::removeMember);
    assertThat(response.getHeader().getError().getMessage()).contains("only voter");
  }

  @Test
  void aJoinerGetsTheStateAsASnapshotAfterTheLogWasShortened() {
    PdCluster cluster = PdCluster.found(11);
    DecideKeyModeRequest raw =
        DecideKeyModeRequest.newBuilder().setHeader(cluster.header()).setMode(KeyMode.RAW).build();
    cluster.onLeader(raw, Pd::decideKeyMode);
    Node first = cluster.leaderOrThrow();
    int before = first.disk.snapshots;
    writeMany(cluster, 6_000);
    assertThat(first.disk.snapshots)
        .as("the state was written beside the log")
        .isGreaterThan(before);
    assertThat(first.disk.logLength()).isLessThan(5_000);

    Node second = cluster.join("pd-2");
    cluster.runUntil("the joiner has the state", () -> second.running().raft().state() != null);
    cluster.runFor(Duration.ofSeconds(1));
    assertThat(second.running().stateOrThrow().keyMode()).isEqualTo(KeyMode.RAW);
    assertThat(second.running().stateOrThrow().appliedIndex()).isGreaterThan(6_000);
  }

  @Test
  void aRestartFindsEverythingInStateAndLog() {
    PdCluster cluster = PdCluster.found(12);
    writeMany(cluster, 5_000);
    Node node = cluster.leaderOrThrow();
    long applied = node.running().stateOrThrow().appliedIndex();
    long idHighWater = node.running().stateOrThrow().idHighWater();
    cluster.crash(node);
    cluster.restart(node);
    cluster.runUntil("it leads again", () -> cluster.leader() != null);
    assertThat(node.running().stateOrThrow().appliedIndex()).isGreaterThanOrEqualTo(applied);
    assertThat(node.running().stateOrThrow().idHighWater()).isGreaterThanOrEqualTo(idHighWater);
  }

  @Test
  void aFollowerFarBehindCatchesUpBySnapshot() {
    PdCluster cluster = PdCluster.of(3, 13);
    Node leader = cluster.leaderOrThrow();
    Node behind =
        cluster.nodeById.values().stream().filter(node -> node != leader).findFirst().orElseThrow();
    behind.cut = true;
    writeMany(cluster, 6_000);
    behind.cut = false;
    long applied = cluster.leaderOrThrow().running().stateOrThrow().appliedIndex();
    cluster.runUntil(
        "it has caught up", () -> behind.running().stateOrThrow().appliedIndex() >= applied);
    assertThat(behind.disk.snapshots).isPositive();
  }

  private static void writeMany(PdCluster cluster, int writes) {
    if (!cluster.leaderOrThrow().running().stateOrThrow().isBootstrapped()) {
      FakeStores.bootstrap(cluster); // barriers are refused before
    }
    for (int i = 0; i < writes; i += 500) {
      Node leader = cluster.leaderOrThrow();
      List<Answer<?>> answers = new java.util.ArrayList<>();
      for (int j = 0; j < 500; j++) {
        answers.add(
            cluster.ask(
                leader,
                dev.terrane.proto.pdpb.SetGCBarrierRequest.newBuilder()
                    .setHeader(cluster.header())
                    .setBarrierId("b" + j % 10)
                    .setBarrierTs(100)
                    .setTtlSeconds(1000)
                    .build(),
                Pd::setGcBarrier));
      }
      cluster.runUntil("written", () -> answers.stream().allMatch(Answer::isDone));
    }
  }

  @Test
  void aLeaderThatStopsHandsOverAndTimestampsGoOn() {
    PdCluster cluster = PdCluster.of(3, 21);
    long before = timestamp(cluster);
    Node old = cluster.leaderOrThrow();
    long start = cluster.nowNanos();
    boolean[] over = new boolean[1];
    old.running().handLeadershipAway(() -> over[0] = true);
    cluster.runUntil("the end of the hand-over", () -> over[0]);
    assertThat(old.leads()).isFalse();
    cluster.runUntil("another leader", () -> cluster.leader() != null);
    assertThat(Duration.ofNanos(cluster.nowNanos() - start))
        .as("no election timeout is waited for")
        .isLessThan(Duration.ofMillis(500));
    assertThat(timestamp(cluster)).isGreaterThan(before);
  }

  @Test
  void aMemberThatIsAloneHasNobodyToHandOverTo() {
    PdCluster cluster = PdCluster.found(22);
    boolean[] over = new boolean[1];
    cluster.leaderOrThrow().running().handLeadershipAway(() -> over[0] = true);
    cluster.step();
    assertThat(over[0]).isTrue();
    assertThat(timestamp(cluster)).isPositive();
  }

  @Test
  void aLeaderWhoseFollowersHaveGoneDoesNotWaitForLong() {
    PdCluster cluster = PdCluster.of(3, 23);
    Node leader = cluster.leaderOrThrow();
    cluster.nodeById.values().stream().filter(node -> node != leader).forEach(cluster::crash);
    boolean[] over = new boolean[1];
    leader.running().handLeadershipAway(() -> over[0] = true);
    cluster.runUntil("the end of the hand-over", Duration.ofSeconds(4), () -> over[0]);
  }

  @Test
  void everyTransportIsToldWhereAMemberHasMovedTo() {
    PdCluster cluster = PdCluster.of(3, 24);
    Node leader = cluster.leaderOrThrow();
    Member moved = leader.record().toBuilder().clearPeerUrls().addPeerUrls("http://x:1").build();
    cluster.onLeader(AddMemberRequest.newBuilder().setMember(moved).build(), Pd::addMember);
    cluster.runUntil(
        "all know",
        () -> cluster.nodeById.values().stream().allMatch(node -> node.told.contains(moved)));
  }

  @Test
  void aMemberThatWasRestartedElsewhereSaysSoBeforeTheStateDoes() {
    PdCluster cluster = PdCluster.found(25);
    Node only = cluster.leaderOrThrow();
    Member before = only.record().toBuilder().clearClientUrls().addClientUrls("http://x:1").build();
    cluster.onLeader(AddMemberRequest.newBuilder().setMember(before).build(), Pd::addMember);
    GetMembersResponse answer =
        cluster.onLeader(GetMembersRequest.getDefaultInstance(), Pd::getMembers);
    assertThat(answer.getLeader().getClientUrlsList()).isEqualTo(only.record().getClientUrlsList());
  }

  // ---- how many vote, and who takes the place of the dead

  private static Set<Long> voters(PdCluster cluster) {
    var membership = cluster.leaderOrThrow().running().stateOrThrow().membership();
    return membership.isJoint() ? Set.of() : Set.copyOf(membership.voters().toList());
  }

  private static Node other(PdCluster cluster, Node than) {
    return cluster.nodeById.values().stream()
        .filter(
            node -> node != than && node.member != null && voters(cluster).contains(node.memberId))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aFourthAndAFifthNodeStandByAndPdSurvivesWhatThreeSurvive() {
    PdCluster cluster = PdCluster.of(3, 31);
    Node fourth = cluster.standBy("pd-4");
    Node fifth = cluster.standBy("pd-5");
    cluster.runFor(Duration.ofSeconds(20));
    assertThat(cluster.voters()).isEqualTo(3);
    assertThat(cluster.members()).hasSize(3);
    ListMembersResponse listed =
        cluster.onLeader(ListMembersRequest.getDefaultInstance(), Pd::listMembers);
    assertThat(listed.getStandbysList())
        .extracting(standby -> standby.getMember().getName())
        .containsExactlyInAnyOrder("pd-4", "pd-5");

    // What had been the end of PD with five voters: the two empty ones go, and one more.
    cluster.crash(fourth);
    cluster.crash(fifth);
    cluster.crash(cluster.leaderOrThrow());
    cluster.runUntil("a leader", () -> cluster.leader() != null);
    assertThat(timestamp(cluster)).isPositive();
  }

  @Test
  void aNodeThatStandsByTellsClientsWhoTheMembersAre() {
    PdCluster cluster = PdCluster.of(3, 32);
    Node fourth = cluster.standBy("pd-4");
    cluster.runFor(Duration.ofSeconds(2));
    Answer<GetMembersResponse> answer =
        cluster.ask(fourth, GetMembersRequest.getDefaultInstance(), Pd::getMembers);
    cluster.step();
    assertThat(answer.get().getHeader().getClusterId()).isEqualTo(cluster.clusterId());
    assertThat(answer.get().getMembersList())
        .extracting(m -> m.getName())
        .containsExactlyInAnyOrder("pd-1", "pd-2", "pd-3");
    assertThat(answer.get().getLeader().getMemberId())
        .as("which leads may have changed since: clients ask the members")
        .isZero();
  }

  @Test
  void aDeadMembersPlaceIsTakenByANodeThatStandsBy() {
    PdCluster cluster = PdCluster.of(3, 33);
    Node fourth = cluster.standBy("pd-4");
    cluster.runFor(Duration.ofSeconds(10));
    Node dead = other(cluster, cluster.leaderOrThrow());
    cluster.crash(dead);
    cluster.runFor(Duration.ofMinutes(4));
    assertThat(voters(cluster)).as("it may come back").contains(dead.memberId);
    assertThat(cluster.members())
        .filteredOn(status -> status.getMember().getId() == dead.memberId)
        .singleElement()
        .satisfies(status -> assertThat(status.getOutlook()).contains("takes its place in"));
    cluster.runUntil(
        "the fourth votes", Duration.ofMinutes(2), () -> voters(cluster).contains(fourth.memberId));
    assertThat(voters(cluster)).hasSize(3).doesNotContain(dead.memberId);

    // Its place is taken when it comes back: it stands by.
    cluster.restart(dead);
    cluster.goesOnAsking(dead);
    cluster.runFor(Duration.ofMinutes(1));
    assertThat(voters(cluster)).hasSize(3).doesNotContain(dead.memberId);
    Node second = other(cluster, cluster.leaderOrThrow());
    cluster.crash(second);
    cluster.runUntil(
        "it is needed again", Duration.ofMinutes(7), () -> voters(cluster).contains(dead.memberId));
    assertThat(voters(cluster)).hasSize(3);
    assertThat(timestamp(cluster)).isPositive();
  }

  @Test
  void fiveMembersWhenAskedAndThreeAgain() {
    PdCluster cluster = PdCluster.of(3, 34);
    cluster.standBy("pd-4");
    cluster.standBy("pd-5");
    cluster.runFor(Duration.ofSeconds(10));
    setMembers(cluster, 5);
    boolean[] even = new boolean[1];
    cluster.actor(() -> {
      if (cluster.leader() != null) {
        even[0] |= cluster.voters() == 2 || cluster.voters() == 4;
      }
    });
    cluster.runUntil("five voters", () -> cluster.voters() == 5);
    setMembers(cluster, 3);
    cluster.runUntil("three voters", () -> cluster.voters() == 3);
    setMembers(cluster, 1);
    cluster.runUntil("one voter", () -> cluster.voters() == 1);
    setMembers(cluster, 3);
    cluster.runUntil("three voters again", () -> cluster.voters() == 3);
    assertThat(even[0]).as("never an even number").isFalse();
    assertThat(timestamp(cluster)).isPositive();
  }

  @Test
  void anEvenNumberOfMembersIsRefused() {
    PdCluster cluster = PdCluster.found(35);
    ChangeRulesResponse answer = cluster.onLeader(membersOf(cluster, 4), Pd::changeRules);
    assertThat(answer.getHeader().getError().getMessage()).contains("1, 3 or 5");
    assertThat(answer.getRules().getPdVotersMax()).isEqualTo(3);
  }

  private static void setMembers(PdCluster cluster, int number) {
    ChangeRulesResponse answer = cluster.onLeader(membersOf(cluster, number), Pd::changeRules);
    assertThat(answer.getHeader().hasError()).isFalse();
    assertThat(answer.getRules().getPdVotersMax()).isEqualTo(number);
    assertThat(answer.getRules().getReplicasMax()).as("the other rules stay").isEqualTo(3);
  }

  private static ChangeRulesRequest membersOf(PdCluster cluster, int number) {
    return ChangeRulesRequest.newBuilder()
        .setHeader(cluster.header())
        .setChange(RulesChange.newBuilder().setPdVotersMax(number))
        .build();
  }

  @Test
  void twoDeadOfFiveWithoutAnybodyBesideLeaveThreeVoters() {
    PdCluster cluster = PdCluster.of(5, 36);
    cluster.crash(other(cluster, cluster.leaderOrThrow()));
    cluster.crash(other(cluster, cluster.leaderOrThrow()));
    cluster.runUntil("three voters", Duration.ofMinutes(7), () -> cluster.voters() == 3);
    cluster.crash(cluster.leaderOrThrow());
    cluster.runUntil("a leader of three", () -> cluster.leader() != null);
    assertThat(timestamp(cluster)).isPositive();
  }

  @Test
  void aRemovedMembersPlaceIsTakenBeforeItGoes() {
    PdCluster cluster = PdCluster.of(3, 37);
    Node fourth = cluster.standBy("pd-4");
    cluster.runFor(Duration.ofSeconds(10));
    Node removed = other(cluster, cluster.leaderOrThrow());
    RemoveMemberResponse answer =
        cluster.onLeader(
            RemoveMemberRequest.newBuilder()
                .setHeader(cluster.header())
                .setMemberId(removed.memberId)
                .build(),
            Pd::removeMember);
    assertThat(answer.getHeader().hasError()).isFalse();
    assertThat(answer.getOutlook()).contains("pd-4");
    int[] fewest = {3};
    cluster.runUntil(
        "the fourth votes",
        () -> {
          fewest[0] = Math.min(fewest[0], cluster.voters() == 0 ? 3 : cluster.voters());
          return voters(cluster).contains(fourth.memberId);
        });
    assertThat(fewest[0]).isEqualTo(3);
    assertThat(voters(cluster)).hasSize(3).doesNotContain(removed.memberId);
  }

  @Test
  void whoStoodByAMomentAgoAndVotesNowTakesNoOtherMembersPlace() {
    PdCluster cluster = PdCluster.of(3, 38);
    Node fourth = cluster.standBy("pd-4");
    cluster.runFor(Duration.ofSeconds(10));
    remove(cluster, other(cluster, cluster.leaderOrThrow()));
    cluster.runUntil("the fourth votes", () -> voters(cluster).contains(fourth.memberId));
    assertThat(
            cluster
                .onLeader(ListMembersRequest.getDefaultInstance(), Pd::listMembers)
                .getStandbysList())
        .isEmpty();

    Node next =
        cluster.nodeById.values().stream()
            .filter(node -> voters(cluster).contains(node.memberId))
            .filter(node -> node != cluster.leaderOrThrow() && node != fourth)
            .findFirst()
            .orElseThrow();
    assertThat(remove(cluster, next).getOutlook())
        .as("nobody stands by")
        .contains("until another node joins");
  }

  @Test
  void whoIsToTakeOneMembersPlaceIsNotGivenAnothers() {
    PdCluster cluster = PdCluster.of(3, 39);
    Node fourth = cluster.standBy("pd-4");
    Node fifth = cluster.standBy("pd-5");
    cluster.runFor(Duration.ofSeconds(10));
    Node leader = cluster.leaderOrThrow();
    for (Node node : List.copyOf(cluster.nodeById.values())) {
      if (node != leader && node != fourth && node != fifth) {
        assertThat(remove(cluster, node).getHeader().hasError()).isFalse();
      }
    }
    cluster.runUntil(
        "both are replaced",
        () -> voters(cluster).equals(Set.of(leader.memberId, fourth.memberId, fifth.memberId)));
  }

  private static RemoveMemberResponse remove(PdCluster cluster, Node removed) {
    return cluster.onLeader(
        RemoveMemberRequest.newBuilder()
            .setHeader(cluster.header())
            .setMemberId(removed.memberId)
            .build(),
        Pd::removeMember);
  }

  @Test
  void anEarlierStartOfAMemberDoesNotOverwriteALaterOne() {
    PdCluster cluster = PdCluster.of(3, 21);
    Node moved =
        cluster.nodeById.values().stream()
            .filter(node -> node != cluster.leader())
            .findFirst()
            .orElseThrow();
    Member later = moved.record().toBuilder().setStarts(5).build();
    assertThat(add(cluster, later).getHeader().hasError()).isFalse();

    Member earlier =
        later.toBuilder().setStarts(4).clearPeerUrls().addPeerUrls("http://old:1").build();
    assertThat(add(cluster, earlier).getHeader().getError().getMessage())
        .contains("was started 5 times", "older copy of its directory");

    assertThat(cluster.leaderOrThrow().running().stateOrThrow().members().get(moved.memberId))
        .isEqualTo(later);
  }

  @Test
  void aCopyOfAMemberThatAnswersDoesNotTakeItsPlace() {
    PdCluster cluster = PdCluster.of(3, 22);
    Node original =
        cluster.nodeById.values().stream()
            .filter(node -> node != cluster.leader())
            .findFirst()
            .orElseThrow();
    Member copy =
        original.record().toBuilder()
            .setStarts(9)
            .clearPeerUrls()
            .addPeerUrls("http://copy:2380")
            .build();

    assertThat(add(cluster, copy).getHeader().getError().getMessage())
        .contains("answers at http://" + original.name, "copy of its directory");
    assertThat(cluster.leaderOrThrow().running().stateOrThrow().members().get(original.memberId))
        .isEqualTo(original.record());

    cluster.crash(original);
    cluster.runFor(Duration.ofSeconds(5));
    assertThat(add(cluster, copy).getHeader().hasError()).as("now it has moved").isFalse();
  }

  private static AddMemberResponse add(PdCluster cluster, Member member) {
    return cluster.onLeader(AddMemberRequest.newBuilder().setMember(member).build(), Pd::addMember);
  }
}
