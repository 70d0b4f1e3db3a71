package dev.terrane.sim.check;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One way in which everything up to some event may have happened.
 *
 * <p>{@code state} is what the register holds; {@code lastWrite} the event at which a write was
 * last placed, {@code -1} if none was. A write looks at nothing, so just before it there is room
 * for any number of other writes that were open at that event: nobody would have seen them. {@code
 * done} marks, by slot, the open operations that have been placed. {@code used} counts the
 * operations of unknown outcome that have been placed: pairs of class and count, in the order of
 * classes. {@code placed} is for the account only.
 *
 * <p>Immutable. Equal are configurations that differ only in how they came about and in their
 * {@code lastWrite}.
 */
final class Configuration {
  private static final int[] NONE = {};

  final int state;
  final int lastWrite;
  final @Nullable Placed placed;
  private final long[] done;
  private final int[] used;

  private Configuration(
      int state, int lastWrite, long[] done, int[] used, @Nullable Placed placed) {
    this.state = state;
    this.lastWrite = lastWrite;
    this.done = done;
    this.used = used;
    this.placed = placed;
  }

  static Configuration initial(int words) {
    return new Configuration(RegisterOperation.ABSENT, -1, new long[words], NONE, null);
  }

  boolean isDone(int slot) {
    return (done[slot >> 6] & (1L << (slot & 63))) != 0;
  }

  /** As this, with the operation in {@code slot} placed last and the register at {@code state}. */
  Configuration place(int slot, RegisterOperation operation, int state, int lastWrite) {
    long[] marked = done.clone();
    marked[slot >> 6] |= 1L << (slot & 63);
    return new Configuration(state, lastWrite, marked, used, new Placed(operation, placed));
  }

  /** As this, with one more operation of {@code unknownClass} placed last. */
  Configuration use(int unknownClass, RegisterOperation operation, int state, int lastWrite) {
    int at = 0;
    while (at < used.length && used[at] < unknownClass) {
      at += 2;
    }
    int[] counted;
    if (at < used.length && used[at] == unknownClass) {
      counted = used.clone();
      counted[at + 1]++;
    } else {
      counted = new int[used.length + 2];
      System.arraycopy(used, 0, counted, 0, at);
      counted[at] = unknownClass;
      counted[at + 1] = 1;
      System.arraycopy(used, at, counted, at + 2, used.length - at);
    }
    return new Configuration(state, lastWrite, done, counted, new Placed(operation, placed));
  }

  /** As this, with {@code slot} free for another operation. */
  Configuration release(int slot) {
    if (!isDone(slot)) {
      return this;
    }
    long[] cleared = done.clone();
    cleared[slot >> 6] &= ~(1L << (slot & 63));
    return new Configuration(state, lastWrite, cleared, used, placed);
  }

  /** As this, holding again what {@code earlier} held: what came since was covered up. */
  Configuration back(Configuration earlier) {
    return new Configuration(earlier.state, earlier.lastWrite, done, used, placed);
  }

  /** As this, without a count of {@code unknownClass}, which nobody asks for any more. */
  Configuration forget(int unknownClass) {
    for (int at = 0; at < used.length; at += 2) {
      if (used[at] == unknownClass) {
        int[] rest = new int[used.length - 2];
        System.arraycopy(used, 0, rest, 0, at);
        System.arraycopy(used, at + 2, rest, at, rest.length - at);
        return new Configuration(state, lastWrite, done, rest, placed);
      }
    }
    return this;
  }

  int usedOf(int unknownClass) {
    for (int at = 0; at < used.length; at += 2) {
      if (used[at] == unknownClass) {
        return used[at + 1];
      }
    }
    return 0;
  }

  /** Counts of unknown classes: pairs of class and count. */
  int[] used() {
    return used;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Configuration that
        && state == that.state
        && Arrays.equals(done, that.done)
        && Arrays.equals(used, that.used);
  }

  @Override
  public int hashCode() {
    return (state * 31 + Arrays.hashCode(done)) * 31 + Arrays.hashCode(used);
  }

  /** An operation and those placed before it. */
  record Placed(RegisterOperation operation, @Nullable Placed before) {}
}
