package dev.terrane.raft;

import static dev.terrane.common.Invariant.check;

import dev.terrane.common.Invariant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The newest entries of a log, in memory: a ring of consecutive entries from {@link #firstIndex} to
 * {@link #lastIndex}. Empty, {@code lastIndex} is {@code firstIndex - 1}.
 *
 * <p>Confined to its owner's thread. Sizes are {@link Entry#sizeBytes}.
 */
final class LogTail {
  private static final int CAPACITY_MIN = 16; // power of two

  private @Nullable Entry[] ring = new @Nullable Entry[CAPACITY_MIN];
  private long firstIndex;
  private int count;
  private long bytes;

  LogTail(long firstIndex) {
    this.firstIndex = firstIndex;
  }

  long firstIndex() {
    return firstIndex;
  }

  long lastIndex() {
    return firstIndex + count - 1;
  }

  /** The bytes of all entries here. */
  long bytes() {
    return bytes;
  }

  Entry get(long index) {
    check(index >= firstIndex && index <= lastIndex(), "no entry %d in the tail", index);
    Entry entry = ring[slot(index)];
    if (entry == null) {
      throw Invariant.violated("hole at %d in the tail", index);
    }
    return entry;
  }

  void append(Entry entry) {
    check(entry.index() == lastIndex() + 1, "entry %d leaves a gap", entry.index());
    if (count == ring.length) {
      resize(ring.length * 2);
    }
    ring[slot(entry.index())] = entry;
    count++;
    bytes += entry.sizeBytes();
  }

  /** Drops every entry from {@code index} on; goes on from there, also before the first entry. */
  void truncateFrom(long index) {
    if (index <= firstIndex) {
      restartAt(index);
      return;
    }
    while (lastIndex() >= index) {
      bytes -= get(lastIndex()).sizeBytes();
      ring[slot(lastIndex())] = null;
      count--;
    }
  }

  void removeFirst() {
    bytes -= get(firstIndex).sizeBytes();
    ring[slot(firstIndex)] = null;
    firstIndex++;
    count--;
    if (count == 0 && ring.length > CAPACITY_MIN) {
      ring = new @Nullable Entry[CAPACITY_MIN]; // one burst must not cost an idle group its memory
    }
  }

  /** Empties the tail; the next entry is {@code nextIndex}. */
  void restartAt(long nextIndex) {
    Arrays.fill(ring, null);
    firstIndex = nextIndex;
    count = 0;
    bytes = 0;
  }

  /**
   * Entries from {@code lo} on, before {@code hi}, of {@code maxBytes} in all but at least one, and
   * of {@code maxCount} at most.
   */
  List<Entry> slice(long lo, long hi, long maxBytes, int maxCount) {
    long end = lo;
    long sliceBytes = 0;
    while (end < hi && end - lo < maxCount) {
      sliceBytes += get(end).sizeBytes();
      if (sliceBytes > maxBytes && end > lo) {
        break;
      }
      end++;
    }
    Entry[] slice = new Entry[(int) (end - lo)];
    for (int i = 0; i < slice.length; i++) {
      slice[i] = get(lo + i);
    }
    return List.of(slice);
  }

  private int slot(long index) {
    return (int) index & (ring.length - 1);
  }

  private void resize(int capacity) {
    @Nullable Entry[] larger = new @Nullable Entry[capacity];
    for (long index = firstIndex; index <= lastIndex(); index++) {
      larger[(int) index & (capacity - 1)] = ring[slot(index)];
    }
    ring = larger;
  }
}
