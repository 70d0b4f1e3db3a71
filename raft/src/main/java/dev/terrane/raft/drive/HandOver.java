package dev.terrane.raft.drive;

import dev.terrane.raft.RawNode;
import dev.terrane.raft.RoleKind;
import dev.terrane.raft.Status.PeerStatus;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * An owner that stops gives away what its nodes lead. Each leadership is offered to one voter after
 * the other, the one that has most of the log first, and to each once: a transfer that nobody takes
 * is given up by Raft after an election timeout, and then the next is asked. A voter that has not
 * been heard of lately is not asked; a leader who hears of none either does soon or leads no more,
 * since it checks its quorum. A group without other voters is not waited for.
 *
 * <p>A leader that renews its term, since an earlier transfer failed, leads nothing for a moment,
 * and has handed nothing over.
 *
 * <p>Confined to the nodes' thread. Progress comes with their messages and ticks; this only looks
 * on, once a cycle.
 */
public final class HandOver {
  private final Supplier<List<DrivenNode>> nodes;
  private final Runnable whenOver;
  private final Map<Long, Set<Long>> askedByPeerId = new HashMap<>();

  /**
   * @param nodes those that there are, whose ids differ; asked anew each time
   * @param whenOver called once, when nothing is left to wait for
   */
  public HandOver(Supplier<List<DrivenNode>> nodes, Runnable whenOver) {
    this.nodes = nodes;
    this.whenOver = whenOver;
  }

  /** Offers what has not been taken; whether nothing is left to wait for, of which it has told. */
  public boolean proceed() {
    boolean over = true;
    for (DrivenNode node : nodes.get()) {
      if (isUnderWay(node.node()) || (isLeading(node.node()) && offer(node))) {
        over = false;
      }
    }
    if (over) {
      whenOver.run();
    }
    return over;
  }

  private static boolean isUnderWay(RawNode node) {
    return node.isTransferring() || node.isRenewingTerm();
  }

  private static boolean isLeading(RawNode node) {
    return node.role() == RoleKind.LEADER;
  }

  /** Whether there is somebody to offer it to, now or soon. */
  private boolean offer(DrivenNode driven) {
    RawNode node = driven.node();
    Set<Long> asked = askedByPeerId.computeIfAbsent(node.id(), id -> new HashSet<>());
    List<PeerStatus> voters =
        node.status().peers().stream()
            .filter(other -> other.peerId() != node.id())
            .filter(other -> node.membership().voters().contains(other.peerId()))
            .toList();
    Optional<PeerStatus> next =
        voters.stream()
            .filter(other -> other.recentlyActive() && !asked.contains(other.peerId()))
            .max(Comparator.comparingLong(PeerStatus::matchIndex));
    if (next.isEmpty()) {
      return asked.isEmpty() && !voters.isEmpty();
    }
    asked.add(next.get().peerId());
    return driven.transferLeader(next.get().peerId());
  }
}
