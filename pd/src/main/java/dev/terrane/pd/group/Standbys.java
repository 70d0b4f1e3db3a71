package dev.terrane.pd.group;

import dev.terrane.proto.terranepd.Member;
import dev.terrane.raft.Membership;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Nodes that could be members of PD and are not needed now, as one leader has heard of them. Who
 * does not repeat itself is forgotten.
 *
 * <p>Confined to the member's thread. Times are from its monotonic clock.
 */
public final class Standbys {
  /** They ask every five seconds. */
  private static final long HEARD_NANOS = 16_000_000_000L;

  /** More are never needed; the others are stores all the same. */
  private static final int KEPT_MAX = 64;

  private record Heard(Member member, long atNanos) {}

  private final Map<Long, Heard> heardById = new LinkedHashMap<>();

  public void heard(Member member, long nowNanos) {
    forgetSilent(nowNanos);
    if (heardById.size() < KEPT_MAX || heardById.containsKey(member.getId())) {
      heardById.put(member.getId(), new Heard(member, nowNanos));
    }
  }

  private void forgetSilent(long nowNanos) {
    heardById.values().removeIf(heard -> nowNanos - heard.atNanos >= HEARD_NANOS);
  }

  /**
   * Those that live, in the order in which they came. Who is of the group by now stands by no
   * longer, whoever had it join: to have it join again would take its vote.
   */
  public List<Member> living(Membership group, long nowNanos) {
    forgetSilent(nowNanos);
    heardById.keySet().removeIf(group::contains);
    List<Member> living = new ArrayList<>();
    heardById.values().forEach(heard -> living.add(heard.member));
    return living;
  }

  /** How long ago this one was heard; 0 if it never was. */
  public long silentNanos(long memberId, long nowNanos) {
    Heard heard = heardById.get(memberId);
    return heard == null ? 0 : nowNanos - heard.atNanos;
  }
}
