package dev.terrane.engine.log;

import java.util.Arrays;

/**
 * Where the entries of one log are and how they look: two longs for each, in arrays that grow at
 * both ends. A slot may be a hole, {@link Location#NONE}, while the log is read back at start.
 *
 * <p>Guarded by its owner.
 */
final class EntrySlots {
  private static final long[] NOTHING = {};
  private static final int SHRINK_FROM = 64;

  private long[] locations = NOTHING;
  private long[] shapes = NOTHING;
  private int head;
  private int count;
  private long firstIndex;

  boolean isEmpty() {
    return count == 0;
  }

  /** Of the first slot; meaningless if there is none. */
  long firstIndex() {
    return firstIndex;
  }

  /** Of the last slot; meaningless if there is none. */
  long lastIndex() {
    return firstIndex + count - 1;
  }

  boolean holds(long index) {
    return count > 0 && index >= firstIndex && index <= lastIndex();
  }

  long location(long index) {
    return locations[head + (int) (index - firstIndex)];
  }

  long shape(long index) {
    return shapes[head + (int) (index - firstIndex)];
  }

  /** Sets the slot of {@code index}; between it and what was there before, holes appear. */
  void set(long index, long location, long shape) {
    if (count == 0) {
      firstIndex = index;
    }
    if (index < firstIndex) {
      growAtHead((int) (firstIndex - index));
    } else if (index >= firstIndex + count) {
      growAtEnd((int) (index - firstIndex - count + 1));
    }
    int slot = head + (int) (index - firstIndex);
    locations[slot] = location;
    shapes[slot] = shape;
  }

  void removeFirst() {
    head++;
    firstIndex++;
    count--;
    shrink();
  }

  void removeLast() {
    count--;
    shrink();
  }

  /** The slots of {@code [startIndex, endIndex)}, by themselves. */
  EntrySlots copy(long startIndex, long endIndex) {
    EntrySlots copy = new EntrySlots();
    int from = head + (int) (startIndex - firstIndex);
    int to = head + (int) (endIndex - firstIndex);
    copy.locations = Arrays.copyOfRange(locations, from, to);
    copy.shapes = Arrays.copyOfRange(shapes, from, to);
    copy.count = to - from;
    copy.firstIndex = startIndex;
    return copy;
  }

  private void growAtEnd(int slots) {
    int needed = count + slots;
    if (head + needed > locations.length) {
      reallocate(needed <= locations.length / 2 ? locations.length : roomFor(needed), 0);
    }
    Arrays.fill(locations, head + count, head + needed, Location.NONE);
    count = needed;
  }

  private void growAtHead(int slots) {
    if (slots > head) {
      reallocate(roomFor(count + slots), slots);
    } else {
      head -= slots;
    }
    Arrays.fill(locations, head, head + slots, Location.NONE);
    firstIndex -= slots;
    count += slots;
  }

  /** Moves the slots to position {@code gap} of arrays of this size; leaves head at 0. */
  private void reallocate(int size, int gap) {
    long[] newLocations = new long[size];
    long[] newShapes = new long[size];
    System.arraycopy(locations, head, newLocations, gap, count);
    System.arraycopy(shapes, head, newShapes, gap, count);
    locations = newLocations;
    shapes = newShapes;
    head = 0;
  }

  private void shrink() {
    if (count == 0) {
      locations = NOTHING;
      shapes = NOTHING;
      head = 0;
    } else if (locations.length > SHRINK_FROM && count < locations.length / 4) {
      reallocate(roomFor(count), 0);
    }
  }

  private static int roomFor(int slots) {
    return Math.max(2, slots + (slots >> 1));
  }
}
