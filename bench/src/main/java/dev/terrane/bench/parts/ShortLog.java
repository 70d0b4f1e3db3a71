package dev.terrane.bench.parts;

import dev.terrane.raft.Entry;
import dev.terrane.raft.LogRead;
import dev.terrane.raft.LogStorage;
import java.util.ArrayList;
import java.util.List;

/**
 * The newest entries of a log, in a ring, as a store keeps them: a benchmark of minutes would
 * otherwise measure how it fills memory. The group starts with one entry, which is compacted.
 */
final class ShortLog implements LogStorage {
  private static final int ENTRIES = 1 << 13;

  private final Entry[] ring = new Entry[ENTRIES];
  private long lastIndex = 1;

  @Override
  public long firstIndex() {
    return Math.max(2, lastIndex - ENTRIES + 2);
  }

  @Override
  public long lastIndex() {
    return lastIndex;
  }

  @Override
  public long term(long index) {
    if (index == 1) {
      return 1;
    }
    return index < firstIndex() - 1 || index > lastIndex ? 0 : at(index).term();
  }

  @Override
  public LogRead entries(long lo, long hi, long maxBytes) {
    if (lo < firstIndex()) {
      return new LogRead.Compacted(firstIndex());
    }
    List<Entry> found = new ArrayList<>();
    long bytes = 0;
    for (long index = lo; index < hi; index++) {
      bytes += at(index).sizeBytes();
      if (bytes > maxBytes && !found.isEmpty()) {
        break;
      }
      found.add(at(index));
    }
    return new LogRead.Found(found);
  }

  /** Each entry replaces what is at its index and all that follows. */
  void append(List<Entry> added) {
    for (Entry entry : added) {
      ring[(int) entry.index() & (ENTRIES - 1)] = entry;
      lastIndex = entry.index();
    }
  }

  private Entry at(long index) {
    return ring[(int) index & (ENTRIES - 1)];
  }
}
