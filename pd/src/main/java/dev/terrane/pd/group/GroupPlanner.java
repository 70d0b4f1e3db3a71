package dev.terrane.pd.group;

import dev.terrane.common.Bytes;
import dev.terrane.pd.state.ClusterState;
import dev.terrane.proto.terranepd.Command;
import dev.terrane.proto.terranepd.Member;
import dev.terrane.raft.Change;
import dev.terrane.raft.ConfChange;
import dev.terrane.raft.Membership;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Decides how PD's own group changes, one change at a time, so that it never rests at an even
 * number of voters: learners that have caught up become voters two at a time, in one joint change.
 *
 * <p>A member that is lost gives its place to a learner that has caught up, in one joint change; if
 * there is no learner, a node that stands by becomes one. Without anybody to take its place it
 * stays, except where two of five are lost: the three that live lose nothing more without them, and
 * one more of them may be lost then.
 */
public final class GroupPlanner {
  private GroupPlanner() {}

  /** What to do next; null if nothing. */
  public static @Nullable GroupStep next(GroupView group) {
    if (group.membership().isJoint()) {
      return new GroupStep.Change(
          new ConfChange.LeaveJoint(Bytes.EMPTY), "a joint change is completed");
    }
    GroupStep step = replace(group);
    if (step == null) {
      step = replaceLost(group);
    }
    if (step == null) {
      step = shrink(group);
    }
    if (step == null) {
      step = promote(group);
    }
    if (step == null) {
      step = grow(group);
    }
    return step;
  }

  /** Somebody was told to take a certain member's place. */
  private static @Nullable GroupStep replace(GroupView group) {
    Membership membership = group.membership();
    for (Member heir : group.members()) {
      long gone = heir.getReplaces();
      if (gone == 0 || !membership.contains(gone) || !membership.isLearner(heir.getId())) {
        continue;
      }
      String reason = "%s takes the place of %s".formatted(heir.getName(), group.name(gone));
      if (!membership.isVoter(gone)) {
        return new GroupStep.Change(
            new ConfChange.Single(Change.remove(gone), Bytes.EMPTY), reason);
      }
      if (group.isCaughtUp().test(heir.getId())) {
        return takeVote(group, gone, heir.getId(), reason);
      }
    }
    return null;
  }

  private static @Nullable GroupStep takeVote(
      GroupView group, long gone, long heir, String reason) {
    if (gone == group.leader()) {
      for (long voter : group.voters()) {
        if (voter != gone && group.isCaughtUp().test(voter)) {
          return new GroupStep.HandOver(voter, reason);
        }
      }
      return null;
    }
    return new GroupStep.Change(
        new ConfChange.EnterJoint(List.of(Change.addVoter(heir), Change.remove(gone)), Bytes.EMPTY),
        reason);
  }

  private static @Nullable GroupStep replaceLost(GroupView group) {
    for (long learner : group.membership().learners().toList()) {
      if (group.isLost().test(learner) && !group.standbys().isEmpty()) {
        return new GroupStep.Change(
            new ConfChange.Single(Change.remove(learner), Bytes.EMPTY),
            group.name(learner) + " is lost, and another node stands by");
      }
    }
    List<Long> lost = group.lostVoters();
    if (lost.isEmpty()) {
      return null;
    }
    long gone = lost.getFirst();
    String isLost = group.name(gone) + " is lost";
    List<Long> ready = group.readyLearners();
    if (!ready.isEmpty()) {
      long heir = ready.getFirst();
      return takeVote(group, gone, heir, isLost + "; " + group.name(heir) + " takes its place");
    }
    if (!group.livingLearners().isEmpty()) {
      return null; // one catches up
    }
    if (!group.standbys().isEmpty()) {
      return invite(group.standbys().getFirst(), gone, isLost);
    }
    List<Long> rest = new ArrayList<>(group.voters());
    rest.removeAll(lost.subList(0, Math.min(2, lost.size())));
    if (lost.size() < 2 || rest.size() < 3 || !group.hasLivingMajority(rest)) {
      return null;
    }
    return new GroupStep.Change(
        new ConfChange.EnterJoint(
            List.of(Change.remove(lost.get(0)), Change.remove(lost.get(1))), Bytes.EMPTY),
        "%s and %s are lost, and no node stands by"
            .formatted(group.name(lost.get(0)), group.name(lost.get(1))));
  }

  /** Makes {@code newcomer} a learner, who takes the place of {@code gone}, or of nobody if 0. */
  private static GroupStep invite(Member newcomer, long gone, String reason) {
    Member member = newcomer.toBuilder().setReplaces(gone).build();
    return new GroupStep.Change(
        new ConfChange.Single(
            Change.addLearner(member.getId()),
            ClusterState.encode(Command.newBuilder().setPutMember(member))),
        "%s; node %s, which stands by, joins".formatted(reason, member.getName()));
  }

  /** More vote than are wanted. Those that do not answer lose their votes first. */
  private static @Nullable GroupStep shrink(GroupView group) {
    List<Long> voters = new ArrayList<>(group.voters());
    int target = oddAtMost(Math.min(group.votersMax(), voters.size()));
    if (voters.size() <= target) {
      return null;
    }
    List<Long> candidates = new ArrayList<>(voters.reversed());
    candidates.remove(group.leader());
    candidates.sort((a, b) -> Integer.compare(usefulness(group, a), usefulness(group, b)));
    List<Change> changes = new ArrayList<>();
    for (long excess : candidates.subList(0, voters.size() - target)) {
      changes.add(group.isLost().test(excess) ? Change.remove(excess) : Change.addLearner(excess));
      voters.remove(excess);
    }
    return group.hasLivingMajority(voters)
        ? new GroupStep.Change(
            inOneStep(changes),
            "%d voters are wanted: %s stay"
                .formatted(
                    group.votersMax(),
                    voters.stream().map(group::name).collect(Collectors.joining(", "))))
        : null;
  }

  private static int usefulness(GroupView group, long memberId) {
    if (group.isLost().test(memberId)) {
      return 0;
    }
    if (!group.isAlive().test(memberId)) {
      return 1;
    }
    return group.isCaughtUp().test(memberId) ? 3 : 2;
  }

  private static @Nullable GroupStep promote(GroupView group) {
    List<Long> ready = group.readyLearners();
    int voters = group.voters().size();
    int target = oddAtMost(Math.min(group.votersMax(), voters + ready.size()));
    if (target <= voters) {
      return null;
    }
    List<Change> promotions = new ArrayList<>();
    for (long learner : ready.subList(0, target - voters)) {
      promotions.add(Change.addVoter(learner));
    }
    return new GroupStep.Change(
        inOneStep(promotions), "%d voters become %d".formatted(voters, target));
  }

  private static @Nullable GroupStep grow(GroupView group) {
    int members = group.membership().all().size();
    return members >= group.votersMax() || group.standbys().isEmpty()
        ? null
        : invite(
            group.standbys().getFirst(),
            0,
            "PD has %d members of %d".formatted(members, group.votersMax()));
  }

  private static ConfChange inOneStep(List<Change> changes) {
    return changes.size() == 1
        ? new ConfChange.Single(changes.getFirst(), Bytes.EMPTY)
        : new ConfChange.EnterJoint(changes, Bytes.EMPTY);
  }

  /**
   * The first step of removing {@code removed}, which does not lead. Who can vote at once takes its
   * vote; who has to catch up before takes its place then, and until that the member stays.
   * Otherwise another voter gives its vote up too, where the rest would be even.
   */
  public static GroupStep removal(GroupView group, long removed) {
    Membership membership = group.membership();
    if (!membership.isVoter(removed) || membership.voters().size() % 2 == 0) {
      return new GroupStep.Change(
          new ConfChange.Single(Change.remove(removed), Bytes.EMPTY), "it is removed");
    }
    List<Long> ready = new ArrayList<>(group.readyLearners());
    if (!ready.isEmpty()) {
      long heir = ready.getFirst();
      return new GroupStep.Change(
          new ConfChange.EnterJoint(
              List.of(Change.remove(removed), Change.addVoter(heir)), Bytes.EMPTY),
          "it is removed, and %s votes in its place".formatted(group.name(heir)));
    }
    List<Long> living = group.livingLearners();
    if (!living.isEmpty() || !group.standbys().isEmpty()) {
      Member heir =
          living.isEmpty()
              ? group.standbys().getFirst()
              : Objects.requireNonNull(group.member(living.getFirst()));
      return invite(
          heir, removed, "it goes once " + heir.getName() + " has caught up and takes its place");
    }
    long other = leastUseful(group, removed);
    return new GroupStep.Change(
        new ConfChange.EnterJoint(
            List.of(Change.remove(removed), Change.addLearner(other)), Bytes.EMPTY),
        "it is removed; so that the number of voters stays odd, %s is a learner until another node joins"
            .formatted(group.name(other)));
  }

  private static long leastUseful(GroupView group, long removed) {
    List<Long> others = new ArrayList<>(group.voters());
    others.remove(removed);
    others.remove(group.leader());
    others.sort((a, b) -> Integer.compare(usefulness(group, a), usefulness(group, b)));
    return others.getFirst();
  }

  private static int oddAtMost(int number) {
    return number % 2 == 0 ? number - 1 : number;
  }
}
