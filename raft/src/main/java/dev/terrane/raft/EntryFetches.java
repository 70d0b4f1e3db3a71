package dev.terrane.raft;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a leader has the disk read for peers that are behind: one read at a time for each first
 * index. Bounded by the peers, as each asks at its next index only and gives up what it asked for
 * by going elsewhere.
 */
final class EntryFetches {
  /** By first index; an empty list until the disk has answered. */
  private final Map<Long, List<Entry>> byFirstIndex = new HashMap<>();

  /** What has arrived, if anything has. */
  @Nullable List<Entry> arrived(long from) {
    List<Entry> entries = byFirstIndex.get(from);
    return entries == null || entries.isEmpty() ? null : entries;
  }

  /** Whether the disk has not answered yet. */
  boolean isUnderWay(long from) {
    List<Entry> entries = byFirstIndex.get(from);
    return entries != null && entries.isEmpty();
  }

  void begin(long from) {
    byFirstIndex.put(from, List.of());
  }

  /** The read is over, with entries or with nothing. */
  void ended(long from, List<Entry> entries) {
    if (entries.isEmpty()) {
      byFirstIndex.remove(from);
    } else {
      byFirstIndex.put(from, entries);
    }
  }

  /** Everybody had the opportunity to take what has arrived. */
  void forgetArrived() {
    if (!byFirstIndex.isEmpty()) {
      byFirstIndex.values().removeIf(entries -> !entries.isEmpty());
    }
  }
}
