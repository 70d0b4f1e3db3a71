package dev.terrane.pd;

import dev.terrane.common.Bytes;
import dev.terrane.proto.terranepd.Member;
import dev.terrane.raft.Change;
import dev.terrane.raft.ConfChange;
import dev.terrane.raft.Membership;
import dev.terrane.raft.PeerSet;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Decides how PD's own group changes, one change at a time, so that it never rests at an even
 * number of voters: learners that have caught up become voters two at a time, in one joint change.
 */
final class MembershipPlanner {
  /** More voters make every write slower and lose nothing more than this many already survive. */
  static final int VOTERS_MAX = 5;

  private MembershipPlanner() {}

  /**
   * What to change next; null if nothing.
   *
   * @param members all members, for whom they take the place of
   * @param isCaughtUp whether a member answers and has what the leader has committed
   */
  static @Nullable ConfChange next(
      Membership membership, List<Member> members, LongPredicate isCaughtUp) {
    if (membership.isJoint()) {
      return new ConfChange.LeaveJoint(Bytes.EMPTY);
    }
    ConfChange replacement = replace(membership, members, isCaughtUp);
    if (replacement != null) {
      return replacement;
    }
    List<Long> ready = caughtUpLearners(membership, isCaughtUp);
    int voters = membership.voters().size();
    int target = oddAtMost(Math.min(VOTERS_MAX, voters + ready.size()));
    if (target <= voters) {
      return null;
    }
    List<Change> promotions = new ArrayList<>();
    for (long learner : ready.subList(0, target - voters)) {
      promotions.add(Change.addVoter(learner));
    }
    return promotions.size() == 1
        ? new ConfChange.Single(promotions.getFirst(), Bytes.EMPTY)
        : new ConfChange.EnterJoint(promotions, Bytes.EMPTY);
  }

  private static @Nullable ConfChange replace(
      Membership membership, List<Member> members, LongPredicate isCaughtUp) {
    for (Member heir : members) {
      long gone = heir.getReplaces();
      if (gone == 0 || !membership.contains(gone) || !membership.contains(heir.getId())) {
        continue;
      }
      if (!membership.isVoter(gone)) {
        return new ConfChange.Single(Change.remove(gone), Bytes.EMPTY);
      }
      if (isCaughtUp.test(heir.getId())) {
        return new ConfChange.EnterJoint(
            List.of(Change.addVoter(heir.getId()), Change.remove(gone)), Bytes.EMPTY);
      }
    }
    return null;
  }

  /**
   * The change that removes {@code removed}, which does not lead: a learner takes its vote if one
   * has caught up, otherwise another voter gives its vote up too, where the rest would be even.
   */
  static ConfChange removal(
      Membership membership, long removed, long leader, LongPredicate isCaughtUp) {
    if (!membership.isVoter(removed) || membership.voters().size() % 2 == 0) {
      return new ConfChange.Single(Change.remove(removed), Bytes.EMPTY);
    }
    List<Change> changes = new ArrayList<>();
    changes.add(Change.remove(removed));
    List<Long> ready = caughtUpLearners(membership, isCaughtUp);
    if (!ready.isEmpty()) {
      changes.add(Change.addVoter(ready.getFirst()));
    } else {
      changes.add(Change.addLearner(leastUseful(membership, removed, leader, isCaughtUp)));
    }
    return new ConfChange.EnterJoint(changes, Bytes.EMPTY);
  }

  private static long leastUseful(
      Membership membership, long removed, long leader, LongPredicate isCaughtUp) {
    long chosen = 0;
    PeerSet voters = membership.voters().without(removed).without(leader);
    for (long voter : voters.toList()) {
      if (chosen == 0 || !isCaughtUp.test(voter)) {
        chosen = voter;
      }
    }
    return chosen;
  }

  private static List<Long> caughtUpLearners(Membership membership, LongPredicate isCaughtUp) {
    return membership.learners().toList().stream().filter(isCaughtUp::test).toList();
  }

  private static int oddAtMost(int number) {
    return number % 2 == 0 ? number - 1 : number;
  }
}
