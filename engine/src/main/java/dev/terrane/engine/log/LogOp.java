package dev.terrane.engine.log;

import dev.terrane.common.Bytes;
import dev.terrane.raft.Entry;
import dev.terrane.raft.HardState;
import java.util.List;

/** One step of a batch. The steps of a batch take effect in order. */
sealed interface LogOp {
  /** Appends {@code entries}, consecutive and at least one; what was at or behind them goes. */
  record Append(long regionId, List<Entry> entries) implements LogOp {}

  record SetHardState(long regionId, HardState state) implements LogOp {}

  /** Lets go of the entries up to and including {@code index}. Written as the {@link Base}. */
  record Release(long regionId, long index) implements LogOp {}

  /** The log begins behind {@code (index, term)}; what is at or before it goes. */
  record Base(long regionId, long index, long term) implements LogOp {}

  /** Replaces the whole log by the base {@code (index, term)}. */
  record Reset(long regionId, long index, long term) implements LogOp {}

  /** Removes log and hard state and leaves {@code tombstone}. */
  record Destroy(long regionId, Tombstone tombstone) implements LogOp {}

  /** Repeats {@code entries} that are in the log already, and changes nothing else. */
  record Rewrite(long regionId, List<Entry> entries) implements LogOp {}

  /** Repeats a tombstone, and removes nothing. */
  record KeepTombstone(long regionId, Tombstone tombstone) implements LogOp {}

  record ForgetTombstone(long regionId) implements LogOp {}

  record PutRecord(Bytes key, Bytes value) implements LogOp {}

  record DeleteRecord(Bytes key) implements LogOp {}
}
