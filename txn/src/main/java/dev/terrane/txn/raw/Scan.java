package dev.terrane.txn.raw;

import dev.terrane.common.Bytes;
import dev.terrane.engine.Cursor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Up to {@code limit} pairs of each range: fewer only if the part of the range that lies in the
 * Region has no more. Never cut short for its size: an answer that would be too large is refused.
 */
final class Scan extends RangeRead<Done> {
  private final int limit;
  private final boolean keyOnly;
  private final PairsReply pairs;
  private int rangeOfCount = -1;
  private int countInRange;

  Scan(
      RawEnvironment environment,
      RawContext context,
      List<ScanRange> ranges,
      int limit,
      boolean keyOnly,
      boolean reverse,
      PairsReply pairs) {
    super(environment, context, ranges, reverse, pairs);
    this.pairs = pairs;
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
    int valueLength = pair(key, row, engineValue);
    if (!gathers(key.length(), valueLength)) {
      return -1;
    }
    countInRange++;
    if (countInRange == limit) {
      skipRange();
    }
    return (long) key.length() + valueLength;
  }

  private int pair(Bytes key, Cursor row, @Nullable Bytes engineValue) {
    if (!keyOnly && engineValue == null) {
      return pairs.pair(key, row); // as it is in the engine
    }
    Bytes value = keyOnly || engineValue == null ? Bytes.EMPTY : userValue(row, engineValue);
    pairs.pair(key, value);
    return value.length();
  }

  @Override
  void exhausted() {
    finish(Done.DONE);
  }

  @Override
  void forget() {
    pairs.forget();
  }
}
