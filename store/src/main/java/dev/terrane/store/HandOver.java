package dev.terrane.store;

import dev.terrane.raft.RoleKind;
import dev.terrane.raft.Status.PeerStatus;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A stopping store gives away what it leads. Each Region is offered to one voter after the other,
 * the one that has most of the log first, and to each once: a transfer that nobody takes is given
 * up by Raft after an election timeout, and then the next is asked. A voter that has not been heard
 * of lately is not asked; a leader who hears of none either does soon or leads no more, since it
 * checks its quorum. A Region without other voters is not waited for.
 *
 * <p>Confined to the store loop's thread. Progress comes with the messages and ticks of the peers
 * themselves; this only looks on, at the end of each cycle.
 */
final class HandOver {
  private final PeerTable peers;
  private final Runnable whenOver;
  private final Map<Long, Set<Long>> askedByRegionId = new HashMap<>();

  HandOver(PeerTable peers, Runnable whenOver) {
    this.peers = peers;
    this.whenOver = whenOver;
  }

  /** Offers what has not been taken; whether nothing is left to wait for, of which it has told. */
  boolean proceed() {
    boolean over = true;
    for (LocalPeer peer : List.copyOf(peers.all())) {
      if (peer.node().role() == RoleKind.LEADER && (isUnderWay(peer) || offer(peer))) {
        over = false;
      }
    }
    if (over) {
      whenOver.run();
    }
    return over;
  }

  private static boolean isUnderWay(LocalPeer peer) {
    return peer.node().isTransferring();
  }

  /** Whether there is somebody to offer the Region to, now or soon. */
  private boolean offer(LocalPeer peer) {
    Set<Long> asked = askedByRegionId.computeIfAbsent(peer.regionId(), id -> new HashSet<>());
    List<PeerStatus> voters =
        peer.node().status().peers().stream()
            .filter(other -> other.peerId() != peer.peerId())
            .filter(other -> peer.node().membership().voters().contains(other.peerId()))
            .toList();
    Optional<PeerStatus> next =
        voters.stream()
            .filter(other -> other.recentlyActive() && !asked.contains(other.peerId()))
            .max(Comparator.comparingLong(PeerStatus::matchIndex));
    if (next.isEmpty()) {
      return asked.isEmpty() && !voters.isEmpty();
    }
    asked.add(next.get().peerId());
    peer.transferLeader(next.get().peerId());
    return true;
  }
}
