package dev.terrane.raft;

import static dev.terrane.common.Invariant.check;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The five properties of Raft (paper, figure 3), watched over all peers of one group from outside,
 * and what Terrane adds: memberships agree, leases exclude, reads are not stale.
 */
final class SafetyProperties {
  private record Position(long index, long term) {}

  private record Content(long prevTerm, EntryKind kind, int dataHash) {}

  private record Commit(long entryTerm, long committedInTerm) {}

  /** What was last seen of one peer, so that only what is new is compared. */
  private static final class Seen {
    long lastIndex;
    long lastTerm;
    long committed;
    long term;
    @Nullable RoleKind role;
  }

  private final Map<Long, Long> leaderByTerm = new HashMap<>();
  private final Map<Position, Content> contents = new HashMap<>();
  private final Map<Long, Commit> commits = new HashMap<>();
  private final Map<Long, AppState> appliedByIndex = new HashMap<>();
  private final Map<Long, Seen> seenByPeer = new HashMap<>();
  private long maxCommitted;

  /** The largest index that any peer knows to be committed. */
  long maxCommitted() {
    return maxCommitted;
  }

  /** A peer has lost what it had in memory. */
  void crashed(long peerId) {
    seenByPeer.remove(peerId);
  }

  /** Checks everything that may have changed at {@code machine}. */
  void observe(Machine machine) {
    RawNode node = machine.node();
    Seen seen = seenByPeer.computeIfAbsent(machine.id(), id -> new Seen());
    long lastTerm = node.termAt(node.lastIndex());
    check(node.term() >= seen.term, "term %d after %d", node.term(), seen.term);
    check(node.committed() >= seen.committed, "commit went back to %d", node.committed());
    if (node.lastIndex() != seen.lastIndex || lastTerm != seen.lastTerm) {
      observeLog(machine, seen);
    }
    if (node.committed() != seen.committed) {
      observeCommit(node, seen.committed);
    }
    if (node.role() == RoleKind.LEADER) {
      observeLeader(node, seen);
    }
    seen.lastIndex = node.lastIndex();
    seen.lastTerm = lastTerm;
    seen.committed = node.committed();
    seen.term = node.term();
    seen.role = node.role();
  }

  /** Log matching: the same index and term mean the same entry after the same predecessor. */
  private void observeLog(Machine machine, Seen seen) {
    RawNode node = machine.node();
    long first = node.status().firstIndex();
    if (seen.role == RoleKind.LEADER
        && node.role() == RoleKind.LEADER
        && seen.term == node.term()) {
      check(node.lastIndex() >= seen.lastIndex, "leader append-only: %d cut", seen.lastIndex);
      check(
          node.termAt(seen.lastIndex) == seen.lastTerm,
          "leader append-only: %d replaced",
          seen.lastIndex);
    }
    for (long index = first; index <= node.lastIndex(); index++) {
      Entry entry = node.entryAt(index);
      Content content = new Content(node.termAt(index - 1), entry.kind(), entry.data().hashCode());
      check(content.prevTerm <= entry.term(), "terms fall at %d", index);
      Content known = contents.putIfAbsent(new Position(index, entry.term()), content);
      check(known == null || known.equals(content), "log matching: %s and %s", known, content);
    }
  }

  private void observeCommit(RawNode node, long before) {
    long first = Math.max(before + 1, node.status().firstIndex());
    for (long index = first; index <= node.committed(); index++) {
      long term = node.termAt(index);
      Commit known = commits.putIfAbsent(index, new Commit(term, node.term()));
      check(
          known == null || known.entryTerm() == term,
          "state machine safety: index %d committed in terms %s and %d",
          index,
          known,
          term);
    }
    maxCommitted = Math.max(maxCommitted, node.committed());
  }

  private void observeLeader(RawNode node, Seen seen) {
    Long known = leaderByTerm.putIfAbsent(node.term(), node.id());
    check(known == null || known == node.id(), "election safety: term %d", node.term());
    if (seen.role == RoleKind.LEADER && seen.term == node.term()) {
      return;
    }
    long first = node.status().firstIndex();
    for (Map.Entry<Long, Commit> commit : commits.entrySet()) {
      long index = commit.getKey();
      if (commit.getValue().committedInTerm() < node.term() && index >= first) {
        check(
            node.termAt(index) == commit.getValue().entryTerm(),
            "leader completeness: peer %d of term %d lacks %d",
            node.id(),
            node.term(),
            index);
      }
    }
  }

  /** State machine safety: every replica is in the same state at the same index. */
  void applied(AppState state) {
    AppState known = appliedByIndex.putIfAbsent(state.applied(), state);
    check(known == null || known.equals(state), "state machine safety: %s and %s", known, state);
  }
}
