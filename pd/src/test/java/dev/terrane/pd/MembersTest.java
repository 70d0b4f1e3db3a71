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
import dev.terrane.proto.terranepd.DecideKeyModeRequest;
import dev.terrane.proto.terranepd.KeyMode;
import dev.terrane.proto.terranepd.Member;
import dev.terrane.proto.terranepd.RemoveMemberRequest;
import dev.terrane.proto.terranepd.RemoveMemberResponse;
import java.time.Duration;
import java.util.List;
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
}
