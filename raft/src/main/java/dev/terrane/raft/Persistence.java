package dev.terrane.raft;

import static dev.terrane.common.Invariant.check;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The Readies whose writes are on their way to disk, oldest first. They become durable in order; a
 * report for one covers those before it.
 */
final class Persistence {
  /** One Ready's writes. {@code lastIndex} and {@code snapshotIndex} are 0 for none. */
  static final class Write {
    final long number;
    final HardState hardState;
    final long snapshotIndex;
    private long lastIndex;

    Write(long number, HardState hardState, long lastIndex, long snapshotIndex) {
      this.number = number;
      this.hardState = hardState;
      this.lastIndex = lastIndex;
      this.snapshotIndex = snapshotIndex;
    }

    /** The last index written that no later write replaces. */
    long lastIndex() {
      return lastIndex;
    }
  }

  private final ArrayDeque<Write> writes = new ArrayDeque<>();

  boolean isEmpty() {
    return writes.isEmpty();
  }

  void add(Write write) {
    check(
        writes.isEmpty() || writes.getLast().number < write.number,
        "Ready %d out of order",
        write.number);
    writes.add(write);
  }

  /**
   * Entries from {@code index} on were replaced in memory: writes under way no longer make them
   * durable. Without this, an entry that is replaced and later put back would count as durable by
   * its first write, while its second is still under way.
   */
  void replacedFrom(long index) {
    for (Write write : writes) {
      write.lastIndex = Math.min(write.lastIndex, index - 1);
    }
  }

  /** The oldest write, if it is covered by {@code number}; it counts as durable from then on. */
  @Nullable Write takeThrough(long number) {
    Write first = writes.peekFirst();
    return first == null || first.number > number ? null : writes.removeFirst();
  }
}
