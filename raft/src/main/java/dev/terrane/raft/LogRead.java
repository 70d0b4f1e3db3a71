package dev.terrane.raft;

import java.util.List;

/** What {@link LogStorage#entries} or {@link LogStorage#entriesInMemory} found. */
public sealed interface LogRead {
  /** The entries from the first index asked for on, without a gap; at least one. */
  record Found(List<Entry> entries) implements LogRead {
    public Found {
      entries = List.copyOf(entries);
    }
  }

  /**
   * The first index asked for has been compacted away; the log now begins at {@code firstIndex}.
   */
  record Compacted(long firstIndex) implements LogRead {}
}
