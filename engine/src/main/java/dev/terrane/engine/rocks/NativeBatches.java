package dev.terrane.engine.rocks;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.WriteBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * Writes batches through native ones, a few of which are kept between writes.
 *
 * <p>RocksDB has no range without an end. Such a range is deleted up to {@link #ALMOST_END}, and
 * the keys above that, of which there are none in practice, one by one.
 */
final class NativeBatches implements AutoCloseable {
  private static final int KEPT = 4;
  private static final long KEPT_BYTES_MAX = 1L << 20;
  private static final int ALMOST_END_LENGTH = 16;

  /** Sixteen bytes of 0xff: hardly a key is above. */
  static final Bytes ALMOST_END = almostEnd();

  private final RocksDatabase database;
  private final BlockingQueue<org.rocksdb.WriteBatch> kept = new ArrayBlockingQueue<>(KEPT);

  NativeBatches(RocksDatabase database) {
    this.database = database;
  }

  private static Bytes almostEnd() {
    int[] bytes = new int[ALMOST_END_LENGTH];
    Arrays.fill(bytes, 0xff);
    return Bytes.of(bytes);
  }

  /** Writes {@code batch} to log and memtables. */
  void write(WriteBatch batch) throws RocksDBException {
    org.rocksdb.WriteBatch pooled = kept.poll();
    org.rocksdb.WriteBatch target = pooled == null ? new org.rocksdb.WriteBatch() : pooled;
    boolean reusable = false;
    try {
      batch.forEach(new Translation(target));
      database.db.write(database.writes, target);
      reusable = target.getDataSize() <= KEPT_BYTES_MAX;
      target.clear();
    } finally {
      if (!reusable || !kept.offer(target)) {
        target.close();
      }
    }
  }

  private record HighKey(ColumnFamily family, Bytes key) {}

  private final class Translation implements WriteBatch.Visitor {
    private final org.rocksdb.WriteBatch target;
    private final List<HighKey> highKeysPut = new ArrayList<>();

    Translation(org.rocksdb.WriteBatch target) {
      this.target = target;
    }

    @Override
    public void put(ColumnFamily family, Bytes key, Bytes value) {
      if (key.compareTo(ALMOST_END) >= 0) {
        highKeysPut.add(new HighKey(family, key));
      }
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
      if (!range.end().isEmpty()) {
        deleteBounded(family, range.start(), range.end());
        return;
      }
      if (range.start().compareTo(ALMOST_END) < 0) {
        deleteBounded(family, range.start(), ALMOST_END);
      }
      Bytes from = range.start().compareTo(ALMOST_END) < 0 ? ALMOST_END : range.start();
      deleteOneByOne(family, from);
    }

    private void deleteBounded(ColumnFamily family, Bytes start, Bytes end) {
      try {
        target.deleteRange(database.handle(family), start.toArrayShared(), end.toArrayShared());
      } catch (RocksDBException e) {
        throw RocksErrors.of("add to a batch", e);
      }
    }

    /** Deletes the keys that are not below {@code from}, in the database and in this batch. */
    private void deleteOneByOne(ColumnFamily family, Bytes from) {
      try (RocksIterator there = database.db.newIterator(database.handle(family), database.reads)) {
        for (there.seek(from.toArrayShared()); there.isValid(); there.next()) {
          target.delete(database.handle(family), there.key());
        }
        there.status();
      } catch (RocksDBException e) {
        throw RocksErrors.of("find what a range without an end holds", e);
      }
      for (HighKey put : highKeysPut) {
        if (put.family == family && put.key.compareTo(from) >= 0) {
          delete(family, put.key);
        }
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
