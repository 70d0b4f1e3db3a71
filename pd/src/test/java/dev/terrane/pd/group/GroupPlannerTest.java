package dev.terrane.pd.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.pd.state.ClusterState;
import dev.terrane.proto.terranepd.Command;
import dev.terrane.proto.terranepd.Member;
import dev.terrane.raft.Change;
import dev.terrane.raft.ConfChange;
import dev.terrane.raft.Membership;
import dev.terrane.raft.PeerSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What PD does next about its own group, which never rests at an even number of voters. */
class GroupPlannerTest {
  private static final long LEADER = 1;

  private static Membership group(PeerSet voters, PeerSet learners) {
    return Membership.of(voters, learners);
  }

  private static PeerSet ids(long... ids) {
    return PeerSet.of(ids);
  }

  private static Member member(long id, long replaces) {
    return Member.newBuilder().setId(id).setName("n" + id).setReplaces(replaces).build();
  }

  /** Who has not caught up is silent, but not yet lost. */
  private static GroupView view(Membership membership, PeerSet caughtUp) {
    return view(membership, caughtUp, ids(), ids(), 3);
  }

  private static GroupView view(
      Membership membership, PeerSet caughtUp, PeerSet lost, PeerSet standbys, int votersMax) {
    List<Member> members = new ArrayList<>();
    membership.all().toList().forEach(id -> members.add(member(id, 0)));
    return new GroupView(
        membership,
        LEADER,
        members,
        standbys.toList().stream().map(id -> member(id, 0)).toList(),
        votersMax,
        caughtUp::contains,
        caughtUp::contains,
        lost::contains);
  }

  private static @Nullable ConfChange change(@Nullable GroupStep step) {
    return step instanceof GroupStep.Change change ? change.change() : null;
  }

  private static @Nullable ConfChange next(Membership membership, PeerSet caughtUp) {
    return change(GroupPlanner.next(view(membership, caughtUp)));
  }

  private static ConfChange invited(long id, long replaces) {
    return new ConfChange.Single(
        Change.addLearner(id),
        ClusterState.encode(Command.newBuilder().setPutMember(member(id, replaces))));
  }

  private static ConfChange joint(Change... changes) {
    return new ConfChange.EnterJoint(List.of(changes), Bytes.EMPTY);
  }

  @Test
  void aLoneMemberStaysAlone() {
    assertThat(next(group(ids(1), ids()), ids(1))).isNull();
  }

  @Test
  void withTwoMembersTheSecondStaysALearner() {
    assertThat(next(group(ids(1), ids(2)), ids(1, 2))).isNull();
  }

  @Test
  void oneBecomesThreeInOneJointChange() {
    assertThat(next(group(ids(1), ids(2, 3)), ids(1, 2, 3)))
        .isEqualTo(joint(Change.addVoter(2), Change.addVoter(3)));
  }

  @Test
  void waitsForBothLearners() {
    assertThat(next(group(ids(1), ids(2, 3)), ids(1, 3))).isNull();
  }

  @Test
  void threeStayThreeUnlessFiveAreWanted() {
    Membership membership = group(ids(1, 2, 3), ids(4, 5));
    assertThat(next(membership, ids(1, 2, 3, 4, 5))).isNull();
    PeerSet all = ids(1, 2, 3, 4, 5, 6, 7);
    assertThat(change(GroupPlanner.next(view(membership, all, ids(), ids(), 5))))
        .isEqualTo(joint(Change.addVoter(4), Change.addVoter(5)));
    assertThat(GroupPlanner.next(view(group(ids(1, 2, 3), ids(4)), all, ids(), ids(), 5))).isNull();
    assertThat(GroupPlanner.next(view(group(ids(1, 2, 3, 4, 5), ids(6, 7)), all, ids(), ids(), 5)))
        .isNull();
  }

  @Test
  void nodesThatStandByJoinWhenMoreAreWanted() {
    Membership three = group(ids(1, 2, 3), ids());
    PeerSet all = ids(1, 2, 3);
    assertThat(GroupPlanner.next(view(three, all, ids(), ids(8, 9), 3))).isNull();
    assertThat(change(GroupPlanner.next(view(three, all, ids(), ids(8, 9), 5))))
        .isEqualTo(invited(8, 0));
  }

  @Test
  void fiveBecomeThreeByTheVotesOfThoseThatDoNotAnswer() {
    Membership five = group(ids(1, 2, 3, 4, 5), ids());
    assertThat(next(five, ids(1, 2, 3, 4, 5)))
        .isEqualTo(joint(Change.addLearner(5), Change.addLearner(4)));
    assertThat(next(five, ids(1, 4, 5)))
        .isEqualTo(joint(Change.addLearner(3), Change.addLearner(2)));
    assertThat(change(GroupPlanner.next(view(five, ids(1, 4, 5), ids(2), ids(), 3))))
        .isEqualTo(joint(Change.remove(2), Change.addLearner(3)));
  }

  @Test
  void oneIsLeftOfThreeWhereOneIsWanted() {
    assertThat(
            change(
                GroupPlanner.next(view(group(ids(1, 2, 3), ids()), ids(1, 2, 3), ids(), ids(), 1))))
        .isEqualTo(joint(Change.addLearner(3), Change.addLearner(2)));
  }

  @Test
  void leavesAJointChange() {
    Membership joint = new Membership(ids(1, 2, 3), ids(1), ids(), ids());
    assertThat(next(joint, ids(1))).isEqualTo(new ConfChange.LeaveJoint(Bytes.EMPTY));
  }

  private static GroupView withHeir(Membership membership, Member heir, PeerSet caughtUp) {
    GroupView view = view(membership, caughtUp);
    List<Member> members = new ArrayList<>(view.members());
    members.removeIf(member -> member.getId() == heir.getId());
    members.add(heir);
    return new GroupView(
        membership,
        LEADER,
        members,
        List.of(),
        3,
        caughtUp::contains,
        caughtUp::contains,
        id -> false);
  }

  @Test
  void aReplacementTakesOverInOneJointChangeOnceItHasCaughtUp() {
    Membership membership = group(ids(1, 2, 3), ids(4));
    assertThat(GroupPlanner.next(withHeir(membership, member(4, 3), ids(1, 2)))).isNull();
    assertThat(change(GroupPlanner.next(withHeir(membership, member(4, 3), ids(1, 2, 4)))))
        .isEqualTo(joint(Change.addVoter(4), Change.remove(3)));
  }

  @Test
  void theLeaderHandsOverBeforeItIsReplaced() {
    assertThat(GroupPlanner.next(withHeir(group(ids(1, 2, 3), ids(4)), member(4, 1), ids(1, 3, 4))))
        .isInstanceOfSatisfying(
            GroupStep.HandOver.class, step -> assertThat(step.target()).isEqualTo(3));
  }

  @Test
  void aReplacedLearnerIsRemoved() {
    assertThat(change(GroupPlanner.next(withHeir(group(ids(1), ids(3, 4)), member(4, 3), ids(1)))))
        .isEqualTo(new ConfChange.Single(Change.remove(3), Bytes.EMPTY));
  }

  @Test
  void aLostVotersPlaceGoesToANodeThatStandsBy() {
    Membership three = group(ids(1, 2, 3), ids());
    assertThat(GroupPlanner.next(view(three, ids(1, 2), ids(), ids(8), 3)))
        .as("silent, not lost")
        .isNull();
    assertThat(change(GroupPlanner.next(view(three, ids(1, 2), ids(3), ids(8), 3))))
        .isEqualTo(invited(8, 3));
    assertThat(GroupPlanner.next(view(three, ids(1, 2), ids(3), ids(), 3)))
        .as("there is nobody")
        .isNull();
  }

  @Test
  void aLostVotersPlaceGoesToALearnerThatHasCaughtUpAtOnce() {
    assertThat(
            change(
                GroupPlanner.next(
                    view(group(ids(1, 2, 3), ids(4)), ids(1, 2, 4), ids(3), ids(8), 3))))
        .isEqualTo(joint(Change.addVoter(4), Change.remove(3)));
  }

  @Test
  void twoLostOfFiveWithoutHeirsLeaveThree() {
    Membership five = group(ids(1, 2, 3, 4, 5), ids());
    assertThat(change(GroupPlanner.next(view(five, ids(1, 2, 3), ids(4, 5), ids(), 5))))
        .isEqualTo(joint(Change.remove(4), Change.remove(5)));
    assertThat(GroupPlanner.next(view(five, ids(1, 2, 3, 4), ids(5), ids(), 5)))
        .as("four would be an even number")
        .isNull();
  }

  @Test
  void removingOneOfThreeTakesAnotherVoteAlong() {
    assertThat(change(GroupPlanner.removal(view(group(ids(1, 2, 3), ids()), ids(1, 2)), 3)))
        .isEqualTo(joint(Change.remove(3), Change.addLearner(2)));
  }

  @Test
  void aLearnerThatHasCaughtUpTakesTheRemovedVote() {
    assertThat(change(GroupPlanner.removal(view(group(ids(1, 2, 3), ids(4)), ids(1, 2, 4)), 3)))
        .isEqualTo(joint(Change.remove(3), Change.addVoter(4)));
  }

  @Test
  void aNodeThatStandsByCatchesUpBeforeTheOtherIsRemoved() {
    assertThat(
            change(
                GroupPlanner.removal(
                    view(group(ids(1, 2, 3), ids()), ids(1, 2, 3), ids(), ids(8), 3), 3)))
        .isEqualTo(invited(8, 3));
  }

  @Test
  void removingALearnerIsASingleChange() {
    assertThat(change(GroupPlanner.removal(view(group(ids(1), ids(2)), ids(1)), 2)))
        .isEqualTo(new ConfChange.Single(Change.remove(2), Bytes.EMPTY));
  }

  /** Whoever is silent or lost, no step rests at an even number, nor costs the living majority. */
  @Test
  void noStepLeavesAnEvenNumberOrAGroupWithoutItsMajority() {
    Random random = new Random(31);
    for (int round = 0; round < 20_000; round++) {
      int voterCount = 1 + 2 * random.nextInt(3);
      PeerSet voters = PeerSet.of(LongStream.rangeClosed(1, voterCount).toArray());
      PeerSet learners = PeerSet.of(LongStream.rangeClosed(11, 10 + random.nextInt(3)).toArray());
      PeerSet silent = ids();
      PeerSet lost = ids();
      for (long id : voters.union(learners).toList()) {
        if (id != LEADER && random.nextInt(3) == 0) {
          silent = silent.with(id);
          lost = random.nextBoolean() ? lost.with(id) : lost;
        }
      }
      Membership before = group(voters, learners);
      PeerSet alive = ids();
      for (long id : before.all().toList()) {
        alive = silent.contains(id) ? alive : alive.with(id);
      }
      PeerSet standbys = random.nextBoolean() ? ids(21, 22) : ids();
      GroupView view = view(before, alive, lost, standbys, 1 + 2 * random.nextInt(3));
      if (!view.hasLivingMajority(voters.toList())) {
        continue; // nothing can be changed at all
      }
      List<Long> after = votersAfter(voters, change(GroupPlanner.next(view)));
      assertThat(after.size() % 2).as("voters after %s", view).isOne();
      assertThat(view.hasLivingMajority(after)).as("majority after %s", view).isTrue();
      assertThat(after).as("the leader stays").contains(LEADER);
    }
  }

  private static List<Long> votersAfter(PeerSet voters, @Nullable ConfChange change) {
    List<Change> changes =
        switch (change) {
          case null -> List.of();
          case ConfChange.Single single -> List.of(single.change());
          case ConfChange.EnterJoint joint -> joint.changes();
          case ConfChange.LeaveJoint leave -> List.of();
        };
    PeerSet after = voters;
    for (Change each : changes) {
      after =
          each.kind() == Change.Kind.ADD_VOTER
              ? after.with(each.peerId())
              : after.without(each.peerId());
    }
    return after.toList();
  }
}
