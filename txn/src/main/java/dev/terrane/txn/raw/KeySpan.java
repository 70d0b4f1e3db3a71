package dev.terrane.txn.raw;

import dev.terrane.common.Bytes;
import dev.terrane.common.Invariant;
import dev.terrane.common.KeyRange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The smallest range that holds some keys. Confined to one thread. */
final class KeySpan {
  private @Nullable Bytes first;
  private @Nullable Bytes last;

  /** The range of one key. */
  static KeyRange of(Bytes key) {
    return new KeyRange(key, key.successor());
  }

  /** The smallest range that holds {@code keys}, of which there is at least one. */
  static KeyRange of(List<Bytes> keys) {
    KeySpan span = new KeySpan();
    for (Bytes key : keys) {
      span.add(key);
    }
    return span.range();
  }

  void add(Bytes key) {
    if (first == null || key.compareTo(first) < 0) {
      first = key;
    }
    if (last == null || key.compareTo(last) > 0) {
      last = key;
    }
  }

  KeyRange range() {
    if (first == null || last == null) {
      throw Invariant.violated("the span of no keys");
    }
    return new KeyRange(first, last.successor());
  }
}
