package dev.terrane.raft;

import static dev.terrane.common.Invariant.check;

import dev.terrane.common.Bytes;

/**
 * One position of the replicated log. Two entries with the same index and term are the same entry
 * (Raft paper, section 5.3). The data is shared, never copied.
 */
public record Entry(long index, long term, EntryKind kind, Bytes data) {
  /** What an entry counts for beyond its data, in every limit in bytes. */
  public static final int OVERHEAD_BYTES = 24;

  public Entry {
    check(index > 0, "entry at index %d", index);
    check(term > 0, "entry of term %d", term);
  }

  /** What this counts for in every limit in bytes. */
  public int sizeBytes() {
    return OVERHEAD_BYTES + data.length();
  }
}
