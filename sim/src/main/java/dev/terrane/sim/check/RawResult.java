package dev.terrane.sim.check;

import dev.terrane.common.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a call that succeeded was answered. */
public sealed interface RawResult {
  /** A write was made. */
  record Done() implements RawResult {}

  /** What a key held; absent if there was nothing. */
  record Found(@Nullable Bytes value) implements RawResult {}

  /** Whether a compare-and-swap changed the key, and what the key held before. */
  record Swap(boolean swapped, @Nullable Bytes previous) implements RawResult {}

  /** The pairs of a batch get or a scan, in the answer's order. */
  record Pairs(List<Pair> pairs) implements RawResult {
    public Pairs {
      pairs = List.copyOf(pairs);
    }
  }

  RawResult DONE = new Done();
}
