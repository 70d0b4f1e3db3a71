package dev.terrane.store;

import dev.terrane.store.wire.EntryFormat;
import dev.terrane.txn.Mutations;
import org.jspecify.annotations.Nullable;

/**
 * How far one log entry has been applied: a large one is in several cycles. A crash in between
 * leaves the applied position before it, and all of it is applied again, which comes to the same:
 * each change is followed again by all those that came after it. Confined to the applier.
 */
final class EntryInHand {
  final EntryFormat.Walk proposals;

  /** The proposals, where they were made here. */
  final ProposalQueue.@Nullable InLog inLog;

  /** Which of them is next. */
  int ordinal;

  /** What is left of the one before that. */
  Mutations.@Nullable Walk changes;

  /** How large all of that one is. */
  int changeBytes;

  EntryInHand(EntryFormat.Walk proposals, ProposalQueue.@Nullable InLog inLog) {
    this.proposals = proposals;
    this.inLog = inLog;
  }
}
