package dev.terrane.raft;

import org.jspecify.annotations.Nullable;

/**
 * The durable part of one peer's log, as far as it is persisted. Implemented by the store, read by
 * {@link RawNode} on its caller's thread and answered at once: the tail that matters is in memory.
 * What a follower far behind needs is read elsewhere, see {@link EntriesRequest}.
 *
 * <p>{@link RawNode} reads here only indexes whose Ready was reported {@link RawNode#persisted};
 * what was handed out later, it remembers itself. Entries may be compacted away at any time up to
 * the applied index. A failed read is the store's matter: it throws an exception with its cause,
 * and the peer must be rebuilt from storage before it is used again.
 */
public interface LogStorage {
  /** The first index still in the log: 1 before any compaction, snapshot index + 1 after one. */
  long firstIndex();

  /** The last durable index; {@code firstIndex() - 1} when the log is empty. */
  long lastIndex();

  /**
   * The term at {@code index}, known from {@code firstIndex() - 1} (what the last compaction or
   * snapshot ended with) to {@link #lastIndex}. 0 for any other index, and for index 0.
   */
  long term(long index);

  /**
   * Entries from {@code lo} on, before {@code hi}, of {@code maxBytes} in all by {@link
   * Entry#sizeBytes} but at least one. May wait for the disk.
   *
   * @param lo at most {@link #lastIndex} and less than {@code hi}
   * @param hi at most {@code lastIndex() + 1}
   */
  LogRead entries(long lo, long hi, long maxBytes);

  /**
   * The same, but null if the first of them is on disk only. Never for a storage that is all in
   * memory.
   */
  default @Nullable LogRead entriesInMemory(long lo, long hi, long maxBytes) {
    return entries(lo, hi, maxBytes);
  }
}
