package dev.terrane.engine.rocks;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.engine.ColumnFamily;
import java.util.List;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.Range;
import org.rocksdb.RocksDBException;
import org.rocksdb.SizeApproximationFlag;
import org.rocksdb.Slice;

/** Sizes and counts from indexes and counters, without reading data. Not guarded. */
final class RocksEstimates {
  private final RocksDatabase database;

  RocksEstimates(RocksDatabase database) {
    this.database = database;
  }

  /** Bytes in files, as compressed, and in memtables. */
  long size(ColumnFamily family, KeyRange range) {
    return measure(range, native_ -> size(family, native_));
  }

  private long size(ColumnFamily family, Range range) {
    return database
        .db
        .getApproximateSizes(
            database.handle(family),
            List.of(range),
            SizeApproximationFlag.INCLUDE_FILES,
            SizeApproximationFlag.INCLUDE_MEMTABLES)[0];
  }

  /**
   * Keys in memtables, and as many as files of this size hold on the average of the whole family.
   * (RocksDB could tell the files of a range apart, but its Java call for that fails.)
   */
  long keys(ColumnFamily family, KeyRange range) {
    return measure(range, native_ -> keys(family, native_));
  }

  private long keys(ColumnFamily family, Range range) {
    ColumnFamilyHandle handle = database.handle(family);
    long inMemory = database.db.getApproximateMemTableStats(handle, range).count;
    long fileBytes =
        database
            .db
            .getApproximateSizes(handle, List.of(range), SizeApproximationFlag.INCLUDE_FILES)[0];
    if (fileBytes == 0) {
      return inMemory;
    }
    try {
      long keys = number(handle, "rocksdb.estimate-num-keys") - keysInMemory(handle);
      long bytes = number(handle, "rocksdb.live-sst-files-size");
      return inMemory
          + Math.round(Math.max(0.0, (double) keys) * fileBytes / Math.max(fileBytes, bytes));
    } catch (RocksDBException e) {
      throw RocksErrors.of("estimate keys", e);
    }
  }

  private long keysInMemory(ColumnFamilyHandle handle) throws RocksDBException {
    return number(handle, "rocksdb.num-entries-active-mem-table")
        + number(handle, "rocksdb.num-entries-imm-mem-tables");
  }

  private long number(ColumnFamilyHandle handle, String property) throws RocksDBException {
    return database.db.getLongProperty(handle, property);
  }

  private interface Measure {
    long of(Range range);
  }

  private static long measure(KeyRange range, Measure measure) {
    if (range.isEmpty()) {
      return 0;
    }
    Bytes end = range.end().isEmpty() ? HighKeys.ALMOST_END : range.end();
    if (range.start().compareTo(end) >= 0) {
      return 0; // only keys above what RocksDB is told is the end
    }
    try (Slice from = new Slice(range.start().toArrayShared());
        Slice to = new Slice(end.toArrayShared())) {
      return measure.of(new Range(from, to));
    }
  }
}
