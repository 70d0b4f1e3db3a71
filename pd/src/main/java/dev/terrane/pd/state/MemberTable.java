package dev.terrane.pd.state;

import dev.terrane.proto.pdpb.ErrorType;
import dev.terrane.proto.terranepd.Member;
import dev.terrane.raft.Membership;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** PD's members: names and where they are. Who of them votes is in {@link Membership}. */
public final class MemberTable {
  private final TreeMap<Long, Member> byId = new TreeMap<>();

  MemberTable(List<Member> members) {
    for (Member member : members) {
      byId.put(member.getId(), member);
    }
  }

  public @Nullable Member get(long memberId) {
    return byId.get(memberId);
  }

  /** All members by their ids. */
  public List<Member> all() {
    return List.copyOf(byId.values());
  }

  /** The member that has the name or a peer URL of {@code newcomer}, but another id. */
  public @Nullable Member inPlaceOf(Member newcomer) {
    for (Member member : byId.values()) {
      boolean samePlace =
          member.getName().equals(newcomer.getName())
              || member.getPeerUrlsList().stream().anyMatch(newcomer.getPeerUrlsList()::contains);
      if (samePlace && member.getId() != newcomer.getId()) {
        return member;
      }
    }
    return null;
  }

  /** What a member said at a later start is right, in whatever order it comes. */
  Outcome put(Member member) {
    Member known = byId.get(member.getId());
    if (known != null && known.getStarts() > member.getStarts()) {
      return new Outcome.Refused(ErrorType.DUPLICATED_ENTRY, startedLater(known, member));
    }
    byId.put(member.getId(), member);
    return Outcome.DONE;
  }

  /** Why {@code told} cannot be right where {@code known} is. */
  public static String startedLater(Member known, Member told) {
    return ("PD member %s (%d) was started %d times, and this is its start %d: a later start has"
            + " said where it is, or an older copy of its directory was put back")
        .formatted(known.getName(), known.getId(), known.getStarts(), told.getStarts());
  }

  /** Forgets who no longer belongs to the group. */
  void keep(Membership membership) {
    byId.keySet().removeIf(id -> !membership.contains(id));
  }
}
