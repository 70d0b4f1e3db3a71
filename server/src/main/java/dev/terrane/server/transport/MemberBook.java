package dev.terrane.server.transport;

import dev.terrane.proto.terranepd.Member;
import dev.terrane.server.net.HostPort;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where PD's members are, as far as this one knows: from the replicated state, and from members
 * that have answered where they were asked. Of two addresses the one of the later start counts. A
 * member's identity is its id; only ids of the state are listened to. What anybody tells of where a
 * member is, is a hint and no more: it is to be asked there.
 *
 * <p>Thread-safe.
 */
public final class MemberBook {
  private static final Logger log = LoggerFactory.getLogger(MemberBook.class);

  private final Member self;
  private final Map<Long, Member> memberById = new LinkedHashMap<>(); // guarded by this

  MemberBook(Member self) {
    this.self = self;
  }

  /** Takes the state's word for who the members are; returns those that have moved. */
  synchronized Set<Long> membersAre(List<Member> members) {
    Set<Long> present = new LinkedHashSet<>();
    members.forEach(member -> present.add(member.getId()));
    memberById.keySet().retainAll(present);
    Set<Long> moved = new LinkedHashSet<>();
    for (Member member : members) {
      if (member.getId() != self.getId()) {
        take(member, moved);
      }
    }
    return moved;
  }

  /** Of what somebody told, where members may be that are known to be elsewhere. */
  synchronized List<Member> hints(List<Member> told) {
    List<Member> hints = new ArrayList<>();
    for (Member member : told) {
      Member known = memberById.get(member.getId());
      if (known != null
          && member.getStarts() >= known.getStarts()
          && !known.getPeerUrlsList().equals(member.getPeerUrlsList())) {
        hints.add(member);
      }
    }
    return hints;
  }

  /**
   * The member {@code answering} was met at {@code asked}, and not where it was before; returns
   * those that have moved.
   */
  synchronized Set<Long> met(HostPort asked, Member answering) {
    Set<Long> moved = new LinkedHashSet<>();
    if (memberById.containsKey(answering.getId()) && asked.equals(address(answering))) {
      take(answering, moved);
    }
    return moved;
  }

  private void take(Member told, Set<Long> moved) {
    Member known = memberById.get(told.getId());
    if (known != null && told.getStarts() < known.getStarts()) {
      return;
    }
    memberById.put(told.getId(), told);
    if (known != null && !known.getPeerUrlsList().equals(told.getPeerUrlsList())) {
      log.info("PD member {} is now at {}", told.getName(), told.getPeerUrlsList());
      moved.add(told.getId());
    }
  }

  /** This member and the others. */
  synchronized List<Member> all() {
    List<Member> all = new ArrayList<>();
    all.add(self);
    all.addAll(memberById.values());
    return all;
  }

  synchronized @Nullable HostPort address(long memberId) {
    Member member = memberById.get(memberId);
    return member == null ? null : address(member);
  }

  /** Where a member says that it is; null if it says nothing usable. */
  public static @Nullable HostPort address(Member member) {
    if (member.getPeerUrlsCount() == 0) {
      return null;
    }
    try {
      return HostPort.parse(member.getPeerUrls(0));
    } catch (IllegalArgumentException e) {
      log.warn("PD member {} has no usable peer URL", member.getName(), e);
      return null;
    }
  }
}
