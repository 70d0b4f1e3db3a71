package dev.terrane.pd.group;

import dev.terrane.raft.Status;
import dev.terrane.raft.Status.PeerStatus;
import java.util.HashMap;
import java.util.Map;

/**
 * How long each member has been silent, as one leader knows it: since the leadership began at the
 * most, so a change of leaders makes no member look lost earlier than it is.
 *
 * <p>Confined to the member's thread. Times are from its monotonic clock.
 */
public final class MemberWatch {
  private final long startNanos;
  private final Map<Long, Long> heardNanosById = new HashMap<>(); // never iterated

  public MemberWatch(long startNanos) {
    this.startNanos = startNanos;
  }

  /** Takes down who is heard of now. */
  public void look(Status status, long nowNanos) {
    heardNanosById.put(status.peerId(), nowNanos);
    for (PeerStatus peer : status.peers()) {
      if (peer.recentlyActive()) {
        heardNanosById.put(peer.peerId(), nowNanos);
      }
      // A newcomer has its time from when it is seen first.
      heardNanosById.putIfAbsent(peer.peerId(), peer.matchIndex() == 0 ? nowNanos : startNanos);
    }
  }

  /** How long the member has not been heard of, by the last look. */
  public long silentNanos(long memberId, long nowNanos) {
    return nowNanos - heardNanosById.getOrDefault(memberId, startNanos);
  }
}
