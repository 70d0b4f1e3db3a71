package dev.terrane.txn.raw;

import dev.terrane.common.Bytes;
import dev.terrane.engine.Cursor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sums up the live pairs of some ranges; the order does not matter, and expiries do not count. */
final class Checksum extends RangeRead<ChecksumAnswer> {
  private long checksum;
  private long pairs;
  private long bytes;

  Checksum(
      RawEnvironment environment,
      RawContext context,
      List<ScanRange> ranges,
      RawReply<ChecksumAnswer> reply) {
    super(environment, context, ranges, false, reply);
  }

  @Override
  long visit(Cursor row, Bytes engineKey, @Nullable Bytes engineValue) {
    Bytes key = environment.codec().userKey(engineKey);
    Bytes value = userValue(row, engineValue);
    checksum ^= Crc64.update(Crc64.update(Crc64.NOTHING, key), value);
    pairs++;
    long cost = (long) key.length() + value.length();
    bytes += cost;
    return cost;
  }

  @Override
  void exhausted() {
    finish(new ChecksumAnswer(checksum, pairs, bytes));
  }
}
