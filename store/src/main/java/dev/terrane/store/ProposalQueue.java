package dev.terrane.store;

import dev.terrane.common.Bytes;
import dev.terrane.common.Invariant;
import dev.terrane.common.region.RegionError;
import dev.terrane.raft.Entry;
import dev.terrane.raft.ProposeResult;
import dev.terrane.raft.RawNode;
import dev.terrane.store.wire.EntryFormat;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The writes of one peer that wait: first to be put into a log entry, many together, then for that
 * entry to be applied.
 *
 * <p>A proposal's fate is known when an entry is committed at its index: of its term, it is
 * applied; of another, it is lost for ever. Until then nothing is said, except that a peer which no
 * longer leads that term answers "undetermined" after a while.
 *
 * <p>Bounded by the credits that each proposal holds. Confined to the store loop.
 */
final class ProposalQueue {
  /** Entries are closed at this size, so that appends can be cut evenly. */
  private static final int ENTRY_BYTES_TARGET = 256 << 10;

  /** The proposals of one log entry, in their order. */
  record InLog(long index, long term, List<Proposal> proposals, long sinceNanos) {}

  private List<Proposal> gathered = new ArrayList<>();
  private int gatheredBytes;
  private final ArrayDeque<InLog> inLog = new ArrayDeque<>();
  private long lastRequestId;

  boolean isEmpty() {
    return gathered.isEmpty() && inLog.isEmpty();
  }

  boolean hasGathered() {
    return !gathered.isEmpty();
  }

  /** Takes in a proposal that may be proposed now; it will be at the next {@link #flush}. */
  void gather(
      Proposal proposal,
      RawNode node,
      long nowNanos,
      Function<ProposeResult.Refused, RegionError> refusal) {
    int bytes = proposal.payload().length() + EntryFormat.PROPOSAL_OVERHEAD_BYTES;
    if (!gathered.isEmpty() && gatheredBytes + bytes > ENTRY_BYTES_TARGET) {
      flush(node, nowNanos, refusal);
    }
    proposal.requestId(++lastRequestId);
    gathered.add(proposal);
    gatheredBytes += bytes;
  }

  /** Proposes what was gathered as one log entry. */
  void flush(RawNode node, long nowNanos, Function<ProposeResult.Refused, RegionError> refusal) {
    if (gathered.isEmpty()) {
      return;
    }
    EntryFormat.Builder entry = new EntryFormat.Builder(gatheredBytes);
    for (Proposal proposal : gathered) {
      entry.add(proposal.requestId(), proposal.epochVersion(), proposal.payload());
    }
    List<Proposal> proposals = gathered;
    gathered = new ArrayList<>();
    gatheredBytes = 0;
    Bytes data = entry.build();
    switch (node.propose(data)) {
      case ProposeResult.Appended appended -> {
        InLog last = inLog.peekLast();
        if (last != null && last.index >= appended.index()) {
          lose(appended.index());
        }
        inLog.add(new InLog(appended.index(), appended.term(), proposals, nowNanos));
      }
      case ProposeResult.Refused refused -> {
        RegionError error = refusal.apply(refused);
        for (Proposal proposal : proposals) {
          proposal.refused(error);
        }
      }
    }
  }

  /**
   * A new leadership of this peer writes at {@code index} and behind: what an earlier one had there
   * has been replaced in this log. Another peer may still hold it, lead later and commit it (Raft
   * paper, figure 8), so nobody can tell what becomes of it.
   */
  private void lose(long index) {
    while (!inLog.isEmpty() && inLog.getLast().index >= index) {
      refuse(inLog.removeLast(), undetermined("a later leader replaced it in this log"));
    }
  }

  /**
   * The proposals that {@code entry}, which is committed, carries; null if none of them came from
   * here. Those that it shows to be lost are answered.
   */
  @Nullable InLog take(Entry entry) {
    InLog first = inLog.peekFirst();
    while (first != null && first.index < entry.index()) {
      // Its own entry was committed without being handed out here, which only a snapshot does.
      refuse(inLog.removeFirst(), undetermined("its index was passed by a snapshot"));
      first = inLog.peekFirst();
    }
    if (first == null || first.index != entry.index()) {
      return null;
    }
    inLog.removeFirst();
    if (first.term != entry.term()) {
      refuse(first, new RegionError.StaleCommand());
      return null;
    }
    Invariant.check(!entry.data().isEmpty(), "proposals lost from entry %d", entry.index());
    return first;
  }

  /** A snapshot through {@code index} replaced the log: what became of entries up to it is lost. */
  void passedBySnapshot(long index) {
    while (!inLog.isEmpty() && inLog.getFirst().index <= index) {
      refuse(inLog.removeFirst(), undetermined("its index was passed by a snapshot"));
    }
  }

  /**
   * Gives up waiting for entries of terms that this peer no longer leads and that were proposed
   * before {@code beforeNanos}. {@code ledTerm} is the term that it leads, or 0.
   */
  void expire(long ledTerm, long beforeNanos) {
    while (!inLog.isEmpty()
        && inLog.getFirst().term != ledTerm
        && inLog.getFirst().sinceNanos - beforeNanos < 0) {
      refuse(inLog.removeFirst(), undetermined("no leader has said what became of it"));
    }
  }

  /** The peer ends: what was not proposed gets {@code error}, the rest nobody can tell. */
  void close(RegionError error, String reason) {
    for (Proposal proposal : gathered) {
      proposal.refused(error);
    }
    gathered = new ArrayList<>();
    gatheredBytes = 0;
    while (!inLog.isEmpty()) {
      refuse(inLog.removeFirst(), undetermined(reason));
    }
  }

  static RegionError undetermined(String why) {
    return new RegionError.UndeterminedResult(why);
  }

  private static void refuse(InLog entry, RegionError error) {
    for (Proposal proposal : entry.proposals) {
      proposal.refused(error);
    }
  }
}
