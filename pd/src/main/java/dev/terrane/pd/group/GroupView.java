package dev.terrane.pd.group;

import dev.terrane.proto.terranepd.Member;
import dev.terrane.raft.Membership;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * PD's group at one moment, as its leader sees it.
 *
 * @param members all of the group, for whom they take the place of
 * @param standbys living nodes that could be members; the first is made one first
 * @param votersMax how many are to vote, where there are nodes enough: odd
 * @param isAlive whether a member was heard of lately
 * @param isCaughtUp whether a member answers and has what the leader has committed
 * @param isLost whether a member has been silent for so long that another takes its place
 */
public record GroupView(
    Membership membership,
    long leader,
    List<Member> members,
    List<Member> standbys,
    int votersMax,
    LongPredicate isAlive,
    LongPredicate isCaughtUp,
    LongPredicate isLost) {
  public GroupView {
    members = List.copyOf(members);
    standbys = List.copyOf(standbys);
  }

  List<Long> voters() {
    return membership.voters().toList();
  }

  List<Long> lostVoters() {
    return voters().stream().filter(isLost()::test).toList();
  }

  /** Learners that could vote at once. */
  List<Long> readyLearners() {
    return membership.learners().toList().stream().filter(isCaughtUp()::test).toList();
  }

  /** Learners that will be ready, or are. */
  List<Long> livingLearners() {
    return membership.learners().toList().stream().filter(isAlive()::test).toList();
  }

  /** Whether a majority of {@code voters} is there. */
  boolean hasLivingMajority(List<Long> voters) {
    return voters.stream().filter(isAlive()::test).count() > voters.size() / 2;
  }

  @Nullable Member member(long memberId) {
    for (Member member : members) {
      if (member.getId() == memberId) {
        return member;
      }
    }
    return null;
  }

  String name(long memberId) {
    Member member = member(memberId);
    return member == null ? "PD member " + memberId : "PD member " + member.getName();
  }
}
