package dev.terrane.engine.log;

import dev.terrane.raft.Entry;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last entries of one Region's log that are kept in memory: a suffix of it, or nothing.
 *
 * <p>Guarded by the lock of its {@link RegionLog}.
 */
final class CachedTail {
  private static final @Nullable Entry[] NOTHING = {};

  /** What an entry costs beside its data: its objects, its place here and in the cache's queue. */
  private static final int OVERHEAD_BYTES = 112;

  private @Nullable Entry[] ring = NOTHING;
  private int head;
  private int count;
  private long firstIndex;

  static int costOf(Entry entry) {
    return OVERHEAD_BYTES + entry.data().length();
  }

  boolean holds(long index) {
    return index >= firstIndex && index < firstIndex + count;
  }

  /** The first index held, or {@code Long.MAX_VALUE} if there is none. */
  long firstIndex() {
    return count == 0 ? Long.MAX_VALUE : firstIndex;
  }

  /** Adds the entry that follows the last one held. */
  void add(Entry entry) {
    if (count == ring.length) {
      grow();
    }
    if (count == 0) {
      firstIndex = entry.index();
    }
    ring[slot(count)] = entry;
    count++;
  }

  /**
   * Adds the entries of {@code [startIndex, endIndex)}, all of which are held, to {@code target}.
   */
  void copyTo(List<Entry> target, long startIndex, long endIndex) {
    for (long index = startIndex; index < endIndex; index++) {
      Entry entry = ring[slot((int) (index - firstIndex))];
      if (entry != null) {
        target.add(entry);
      }
    }
  }

  /** Forgets {@code index} and all behind it; returns the cost given back. */
  long truncateFrom(long index) {
    long freed = 0;
    while (count > 0 && firstIndex + count > index) {
      count--;
      freed += clear(slot(count));
    }
    return freed;
  }

  /** Forgets {@code index} and all before it; returns the cost given back. */
  long dropThrough(long index) {
    long freed = 0;
    while (count > 0 && firstIndex <= index) {
      freed += clear(head);
      head = slot(1);
      firstIndex++;
      count--;
    }
    if (count == 0) {
      ring = NOTHING; // most Regions are idle
      head = 0;
    }
    return freed;
  }

  private long clear(int slot) {
    Entry entry = ring[slot];
    ring[slot] = null;
    return entry == null ? 0 : costOf(entry);
  }

  private int slot(int position) {
    return head + position & ring.length - 1; // the length is a power of two
  }

  private void grow() {
    @Nullable Entry[] grown = new Entry[Math.max(4, ring.length * 2)];
    for (int i = 0; i < count; i++) {
      grown[i] = ring[slot(i)];
    }
    Arrays.fill(ring, null);
    ring = grown;
    head = 0;
  }
}
