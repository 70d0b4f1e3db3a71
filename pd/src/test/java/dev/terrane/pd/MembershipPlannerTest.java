package dev.terrane.pd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.proto.terranepd.Member;
import dev.terrane.raft.Change;
import dev.terrane.raft.ConfChange;
import dev.terrane.raft.Membership;
import dev.terrane.raft.PeerSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What PD does next about its own group, which never rests at an even number of voters. */
class MembershipPlannerTest {
  private static Membership group(PeerSet voters, PeerSet learners) {
    return Membership.of(voters, learners);
  }

  private static PeerSet ids(long... ids) {
    return PeerSet.of(ids);
  }

  private static @Nullable ConfChange next(Membership membership, PeerSet caughtUp) {
    return MembershipPlanner.next(membership, List.of(), caughtUp::contains);
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
        .isEqualTo(
            new ConfChange.EnterJoint(
                List.of(Change.addVoter(2), Change.addVoter(3)), Bytes.EMPTY));
  }

  @Test
  void waitsForBothLearners() {
    assertThat(next(group(ids(1), ids(2, 3)), ids(1, 3))).isNull();
  }

  @Test
  void threeBecomeFive() {
    assertThat(next(group(ids(1, 2, 3), ids(4, 5)), ids(1, 2, 3, 4, 5)))
        .isEqualTo(
            new ConfChange.EnterJoint(
                List.of(Change.addVoter(4), Change.addVoter(5)), Bytes.EMPTY));
    assertThat(next(group(ids(1, 2, 3), ids(4)), ids(1, 2, 3, 4))).isNull();
    assertThat(next(group(ids(1, 2, 3, 4, 5), ids(6, 7)), ids(1, 2, 3, 4, 5, 6, 7))).isNull();
  }

  @Test
  void leavesAJointChange() {
    Membership joint = new Membership(ids(1, 2, 3), ids(1), ids(), ids());
    assertThat(next(joint, ids(1))).isEqualTo(new ConfChange.LeaveJoint(Bytes.EMPTY));
  }

  @Test
  void aReplacementTakesOverInOneJointChangeOnceItHasCaughtUp() {
    Membership membership = group(ids(1, 2, 3), ids(4));
    List<Member> members = List.of(Member.newBuilder().setId(3).build(), member(4, 3));
    assertThat(MembershipPlanner.next(membership, members, ids(1, 2)::contains)).isNull();
    assertThat(MembershipPlanner.next(membership, members, ids(1, 2, 4)::contains))
        .isEqualTo(
            new ConfChange.EnterJoint(List.of(Change.addVoter(4), Change.remove(3)), Bytes.EMPTY));
  }

  @Test
  void aReplacedLearnerIsRemoved() {
    Membership membership = group(ids(1), ids(3, 4));
    assertThat(MembershipPlanner.next(membership, List.of(member(4, 3)), ids(1)::contains))
        .isEqualTo(new ConfChange.Single(Change.remove(3), Bytes.EMPTY));
  }

  private static Member member(long id, long replaces) {
    return Member.newBuilder().setId(id).setReplaces(replaces).build();
  }

  @Test
  void removingOneOfThreeTakesAnotherVoteAlong() {
    assertThat(MembershipPlanner.removal(group(ids(1, 2, 3), ids()), 3, 1, ids(1, 2)::contains))
        .isEqualTo(
            new ConfChange.EnterJoint(
                List.of(Change.remove(3), Change.addLearner(2)), Bytes.EMPTY));
  }

  @Test
  void aLearnerThatHasCaughtUpTakesTheRemovedVote() {
    assertThat(MembershipPlanner.removal(group(ids(1, 2, 3), ids(4)), 3, 1, ids(1, 2, 4)::contains))
        .isEqualTo(
            new ConfChange.EnterJoint(List.of(Change.remove(3), Change.addVoter(4)), Bytes.EMPTY));
  }

  @Test
  void removingALearnerIsASingleChange() {
    assertThat(MembershipPlanner.removal(group(ids(1), ids(2)), 2, 1, ids(1)::contains))
        .isEqualTo(new ConfChange.Single(Change.remove(2), Bytes.EMPTY));
  }
}
