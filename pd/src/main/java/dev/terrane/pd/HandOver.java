package dev.terrane.pd;

import dev.terrane.raft.Status;
import dev.terrane.raft.Status.PeerStatus;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A stopping member gives its leadership away: offers it to one voter after the other, the one that
 * has most of the log first, and to each once. A voter that has not been heard of lately is not
 * asked; a leader who hears of none either does soon or leads no more, since it checks its quorum.
 *
 * <p>Confined to the member's thread; looks on once a poll.
 */
final class HandOver {
  private final MemberRaft raft;
  private final Runnable whenOver;
  private final Set<Long> asked = new HashSet<>();

  HandOver(MemberRaft raft, Runnable whenOver) {
    this.raft = raft;
    this.whenOver = whenOver;
  }

  /** Offers what has not been taken; whether nothing is left to wait for, of which it has told. */
  boolean proceed() {
    if (raft.isLeading() && (raft.isTransferring() || offer())) {
      return false;
    }
    whenOver.run();
    return true;
  }

  /** Whether there is somebody to offer it to, now or soon. */
  private boolean offer() {
    Status status = raft.status();
    List<PeerStatus> voters =
        status.peers().stream()
            .filter(other -> other.peerId() != status.peerId())
            .filter(other -> status.membership().voters().contains(other.peerId()))
            .toList();
    Optional<PeerStatus> next =
        voters.stream()
            .filter(other -> other.recentlyActive() && !asked.contains(other.peerId()))
            .max(Comparator.comparingLong(PeerStatus::matchIndex));
    if (next.isEmpty()) {
      return asked.isEmpty() && !voters.isEmpty();
    }
    asked.add(next.get().peerId());
    return raft.transferLeader(next.get().peerId());
  }
}
