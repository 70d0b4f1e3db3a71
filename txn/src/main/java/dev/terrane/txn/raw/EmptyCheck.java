package dev.terrane.txn.raw;

import dev.terrane.common.KeyRange;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.Cursor;
import dev.terrane.txn.ReadMode;

/** Whether no column family of a Region has a key in a range. */
final class EmptyCheck extends RegionRead<Boolean> {
  private final KeyRange range;

  EmptyCheck(
      RawEnvironment environment, RawContext context, KeyRange range, RawReply<Boolean> reply) {
    super(environment, context, ReadMode.REPLICA, reply);
    this.range = range;
  }

  @Override
  void begin() {
    toReadPool();
  }

  @Override
  void slice() {
    finish(ColumnFamily.DATA.stream().allMatch(this::isEmpty));
  }

  private boolean isEmpty(ColumnFamily family) {
    try (Cursor cursor = reader().snapshot().cursor(family, range)) {
      return !cursor.seekToFirst();
    }
  }
}
