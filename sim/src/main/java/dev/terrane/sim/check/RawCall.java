package dev.terrane.sim.check;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client asked of raw keys. Times to live are left out: a value that ages is not a register.
 */
public sealed interface RawCall {
  /** Answered by {@link RawResult.Found}. */
  record Get(Bytes key) implements RawCall {}

  /** Answered by {@link RawResult.Done}. */
  record Put(Bytes key, Bytes value) implements RawCall {}

  /** Answered by {@link RawResult.Done}. */
  record Delete(Bytes key) implements RawCall {}

  /**
   * Answered by {@link RawResult.Swap}. An absent {@code expected} asks that the key be absent, an
   * absent {@code value} removes it.
   */
  record CompareAndSwap(Bytes key, @Nullable Bytes expected, @Nullable Bytes value)
      implements RawCall {}

  /** Answered by {@link RawResult.Pairs}: the keys that are there. */
  record BatchGet(List<Bytes> keys) implements RawCall {
    public BatchGet {
      keys = List.copyOf(keys);
    }
  }

  /** Answered by {@link RawResult.Done}. Of several pairs with one key the last counts. */
  record BatchPut(List<Pair> pairs) implements RawCall {
    public BatchPut {
      pairs = List.copyOf(pairs);
    }
  }

  /** Answered by {@link RawResult.Done}. */
  record BatchDelete(List<Bytes> keys) implements RawCall {
    public BatchDelete {
      keys = List.copyOf(keys);
    }
  }

  /**
   * Answered by {@link RawResult.Pairs}: up to {@code limit} pairs, from the low end of {@code
   * range} or, in {@code reverse}, from the high one.
   */
  record Scan(KeyRange range, int limit, boolean reverse) implements RawCall {}

  /** Answered by {@link RawResult.Done}. */
  record DeleteRange(KeyRange range) implements RawCall {}
}
