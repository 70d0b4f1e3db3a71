package dev.terrane.engine.rocks;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.WriteBatch;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/**
 * Writes batches through native ones, a few of which are kept between writes. Reads nothing: a
 * range without an end is deleted up to what {@link HighKeys} knows to be above all keys.
 */
final class NativeBatches implements AutoCloseable {
  private static final int KEPT = 4;
  private static final long KEPT_BYTES_MAX = 1L << 20;
  private final RocksDatabase database;
  private final BlockingQueue<org.rocksdb.WriteBatch> kept = new ArrayBlockingQueue<>(KEPT);

  NativeBatches(RocksDatabase database) {
    this.database = database;
  }

  /** Writes {@code batch} to log and memtables. */
  void write(WriteBatch batch, WriteOptions options) throws RocksDBException {
    org.rocksdb.WriteBatch pooled = kept.poll();
    org.rocksdb.WriteBatch target = pooled == null ? new org.rocksdb.WriteBatch() : pooled;
    boolean reusable = false;
    try {
      batch.forEach(new Translation(target));
      database.db.write(options, target);
      reusable = target.getDataSize() <= KEPT_BYTES_MAX;
      target.clear();
    } finally {
      if (!reusable || !kept.offer(target)) {
        target.close();
      }
    }
  }

  private final class Translation implements WriteBatch.Visitor {
    private final org.rocksdb.WriteBatch target;

    Translation(org.rocksdb.WriteBatch target) {
      this.target = target;
    }

    @Override
    public void put(ColumnFamily family, Bytes key, Bytes value) {
      database.highKeys.add(family, key);
      try {
        target.put(database.handle(family), key.toArrayShared(), value.toArrayShared());
      } catch (RocksDBException e) {
        throw RocksErrors.of("add to a batch", e);
      }
    }

    @Override
    public void delete(ColumnFamily family, Bytes key) {
      try {
        target.delete(database.handle(family), key.toArrayShared());
      } catch (RocksDBException e) {
        throw RocksErrors.of("add to a batch", e);
      }
    }

    @Override
    public void deleteRange(ColumnFamily family, KeyRange range) {
      Bytes end = range.end().isEmpty() ? database.highKeys.above(family) : range.end();
      if (range.start().compareTo(end) < 0) { // else there is nothing
        deleteBounded(family, range.start(), end);
      }
    }

    private void deleteBounded(ColumnFamily family, Bytes start, Bytes end) {
      try {
        target.deleteRange(database.handle(family), start.toArrayShared(), end.toArrayShared());
      } catch (RocksDBException e) {
        throw RocksErrors.of("add to a batch", e);
      }
    }
  }

  @Override
  public void close() {
    for (org.rocksdb.WriteBatch batch = kept.poll(); batch != null; batch = kept.poll()) {
      batch.close();
    }
  }
}
