package dev.terrane.txn.raw;

import dev.terrane.common.Bytes;
import dev.terrane.engine.Cursor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Up to {@code limit} pairs of each range: fewer only if the part of the range that lies in the
 * Region has no more. Never cut short for its size: an answer that would be too large is refused.
 */
final class Scan extends RangeRead<List<RawPair>> {
  private final int limit;
  private final boolean keyOnly;
  private final List<RawPair> pairs = new ArrayList<>();
  private int rangeOfCount = -1;
  private int countInRange;

  Scan(
      RawEnvironment environment,
      RawContext context,
      List<ScanRange> ranges,
      int limit,
      boolean keyOnly,
      boolean reverse,
      RawReply<List<RawPair>> reply) {
    super(environment, context, ranges, reverse, reply);
    this.limit = limit;
    this.keyOnly = keyOnly;
  }

  @Override
  long visit(Cursor row, Bytes engineKey, @Nullable Bytes engineValue) {
    if (rangeOfCount != currentRange()) {
      rangeOfCount = currentRange();
      countInRange = 0;
    }
    Bytes key = environment.codec().userKey(engineKey);
    Bytes value = keyOnly ? Bytes.EMPTY : userValue(row, engineValue);
    if (!gathers(key, value)) {
      return -1;
    }
    pairs.add(new RawPair(key, value));
    countInRange++;
    if (countInRange == limit) {
      skipRange();
    }
    return (long) key.length() + value.length();
  }

  @Override
  void exhausted() {
    finish(pairs);
  }

  @Override
  void forget() {
    pairs.clear();
  }
}
