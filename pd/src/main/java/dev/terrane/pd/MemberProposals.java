package dev.terrane.pd;

import dev.terrane.pd.state.Outcome;
import dev.terrane.raft.Entry;
import dev.terrane.raft.ProposeResult;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What this member has proposed as a leader and whose end is not known or not told yet. Each is
 * told once, and never while entries are applied, since its end may propose again.
 *
 * <p>Confined to the member's thread. A crash forgets all: nobody hears of them again.
 */
final class MemberProposals {
  private record Pending(long term, MemberRaft.Proposal proposal) {}

  /** Without an outcome it is lost. */
  private record Ended(MemberRaft.Proposal proposal, @Nullable Outcome outcome) {}

  private final TreeMap<Long, Pending> pendingByIndex = new TreeMap<>();
  private final List<Ended> ended = new ArrayList<>();

  /** Whether Raft took it; if not, nothing is called. */
  boolean track(ProposeResult result, MemberRaft.Proposal proposal) {
    return switch (result) {
      case ProposeResult.Appended appended -> {
        pendingByIndex.put(appended.index(), new Pending(appended.term(), proposal));
        yield true;
      }
      case ProposeResult.Refused refused -> false;
    };
  }

  void applied(Entry entry, Outcome outcome) {
    Pending pending = pendingByIndex.remove(entry.index());
    if (pending != null) {
      ended.add(new Ended(pending.proposal, pending.term == entry.term() ? outcome : null));
    }
  }

  /**
   * Tells those that have ended; returns how many they were.
   *
   * @param ledTerm the term in which this member leads; 0 if it does not. Those of other terms are
   *     lost
   */
  int settle(long ledTerm) {
    if (!pendingByIndex.isEmpty() && pendingByIndex.lastEntry().getValue().term != ledTerm) {
      pendingByIndex.values().forEach(pending -> ended.add(new Ended(pending.proposal, null)));
      pendingByIndex.clear();
    }
    if (ended.isEmpty()) {
      return 0;
    }
    List<Ended> told = List.copyOf(ended);
    ended.clear(); // what they do may end others
    for (Ended end : told) {
      if (end.outcome == null) {
        end.proposal.lost();
      } else {
        end.proposal.applied(end.outcome);
      }
    }
    return told.size();
  }
}
