package dev.terrane.raft;

import static dev.terrane.common.Invariant.check;

/** A queue of pairs of numbers without boxes. Grows to what its owner bounds. */
final class LongRing {
  private static final int CAPACITY_MIN = 8; // power of two

  private long[] keys = new long[CAPACITY_MIN];
  private long[] values = new long[CAPACITY_MIN];
  private int first;
  private int count;

  int size() {
    return count;
  }

  boolean isEmpty() {
    return count == 0;
  }

  void add(long key, long value) {
    if (count == keys.length) {
      grow();
    }
    int slot = (first + count) & (keys.length - 1);
    keys[slot] = key;
    values[slot] = value;
    count++;
  }

  /** The key at {@code position}, counted from the oldest. */
  long key(int position) {
    check(position >= 0 && position < count, "position %d of %d", position, count);
    return keys[(first + position) & (keys.length - 1)];
  }

  long firstKey() {
    check(count > 0, "empty ring");
    return keys[first];
  }

  long firstValue() {
    check(count > 0, "empty ring");
    return values[first];
  }

  long lastKey() {
    check(count > 0, "empty ring");
    return keys[(first + count - 1) & (keys.length - 1)];
  }

  void removeFirst() {
    check(count > 0, "empty ring");
    first = (first + 1) & (keys.length - 1);
    count--;
  }

  void removeLast() {
    check(count > 0, "empty ring");
    count--;
  }

  void clear() {
    first = 0;
    count = 0;
  }

  private void grow() {
    long[] largerKeys = new long[keys.length * 2];
    long[] largerValues = new long[keys.length * 2];
    for (int i = 0; i < count; i++) {
      int slot = (first + i) & (keys.length - 1);
      largerKeys[i] = keys[slot];
      largerValues[i] = values[slot];
    }
    keys = largerKeys;
    values = largerValues;
    first = 0;
  }
}
