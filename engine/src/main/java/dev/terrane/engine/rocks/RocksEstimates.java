package dev.terrane.engine.rocks;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.engine.ColumnFamily;
import java.util.List;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.Range;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.SizeApproximationFlag;
import org.rocksdb.Slice;
import org.rocksdb.TableProperties;

/** Sizes and counts from indexes and table properties, without reading data. Not guarded. */
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
   * Keys in memtables, and the entries of the files that touch the range, scaled by how much of
   * them lies in it. A deletion stands for itself and for what it hides.
   */
  long keys(ColumnFamily family, KeyRange range) {
    return measure(range, native_ -> keys(family, native_));
  }

  private long keys(ColumnFamily family, Range range) {
    ColumnFamilyHandle handle = database.handle(family);
    RocksDB.CountAndSize inMemory = database.db.getApproximateMemTableStats(handle, range);
    long entries = 0;
    long bytes = 0;
    try {
      for (TableProperties table :
          database.db.getPropertiesOfTablesInRange(handle, List.of(range)).values()) {
        entries += Math.max(0, table.getNumEntries() - 2 * table.getNumDeletions());
        bytes += table.getDataSize() + table.getIndexSize() + table.getFilterSize();
      }
    } catch (RocksDBException e) {
      throw RocksErrors.of("read table properties", e);
    }
    if (bytes == 0) {
      return inMemory.count;
    }
    long inRange =
        database
            .db
            .getApproximateSizes(handle, List.of(range), SizeApproximationFlag.INCLUDE_FILES)[0];
    return inMemory.count + Math.round(entries * Math.min(1.0, (double) inRange / bytes));
  }

  private interface Measure {
    long of(Range range);
  }

  private static long measure(KeyRange range, Measure measure) {
    if (range.isEmpty()) {
      return 0;
    }
    Bytes end = range.end().isEmpty() ? NativeBatches.ALMOST_END : range.end();
    if (range.start().compareTo(end) >= 0) {
      return 0; // only keys above what RocksDB is told is the end
    }
    try (Slice from = new Slice(range.start().toArrayShared());
        Slice to = new Slice(end.toArrayShared())) {
      return measure.of(new Range(from, to));
    }
  }
}
