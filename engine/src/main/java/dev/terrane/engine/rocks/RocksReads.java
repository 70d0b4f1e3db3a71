package dev.terrane.engine.rocks;

import dev.terrane.common.Bytes;
import dev.terrane.engine.CachedRead;
import dev.terrane.engine.ColumnFamily;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.Holder;
import org.rocksdb.ReadOptions;
import org.rocksdb.ReadTier;
import org.rocksdb.RocksDBException;
import org.rocksdb.Snapshot;

/** Point reads of one state: the newest one, or a snapshot's. Not guarded. */
final class RocksReads implements AutoCloseable {
  private final RocksDatabase database;
  private final ReadOptions everywhere = new ReadOptions();
  private final ReadOptions inMemory;

  /** Reads as of {@code snapshot}, or the newest state if it is null. */
  RocksReads(RocksDatabase database, @Nullable Snapshot snapshot) {
    this(database, snapshot, new ReadOptions());
  }

  /**
   * @param inMemory how memory alone is asked, to be completed and closed here
   */
  RocksReads(RocksDatabase database, @Nullable Snapshot snapshot, ReadOptions inMemory) {
    this.database = database;
    this.inMemory = inMemory.setReadTier(ReadTier.BLOCK_CACHE_TIER);
    if (snapshot != null) {
      everywhere.setSnapshot(snapshot);
      inMemory.setSnapshot(snapshot);
    }
  }

  @Nullable Bytes get(ColumnFamily family, Bytes key) {
    try {
      byte[] value =
          database.db.get(
              database.handle(family), everywhere, key.backingArray(), key.offset(), key.length());
      return value == null ? null : Bytes.wrap(value);
    } catch (RocksDBException e) {
      throw RocksErrors.of("read", e);
    }
  }

  CachedRead getCached(ColumnFamily family, Bytes key) {
    Holder<byte[]> found = new Holder<>();
    // Unlike a get at this tier, this does not say "perhaps" with an exception, which is dear.
    boolean perhaps =
        database.db.keyMayExist(
            database.handle(family),
            inMemory,
            key.backingArray(),
            key.offset(),
            key.length(),
            found);
    byte[] value = found.getValue();
    if (!perhaps || (value != null && value.length == 0)) {
      return confirmed(family, key);
    }
    return value == null ? CachedRead.NEEDS_DISK : new CachedRead.Found(Bytes.wrap(value));
  }

  /**
   * RocksDB says "does not exist" also where the look itself has failed, and "exists, with an empty
   * value" also where the index or the filter of a table is not in memory. A get tells them apart,
   * and a read that may wait for the disk then says what is wrong.
   */
  private CachedRead confirmed(ColumnFamily family, Bytes key) {
    try {
      byte[] value =
          database.db.get(
              database.handle(family), inMemory, key.backingArray(), key.offset(), key.length());
      return value == null ? CachedRead.ABSENT : new CachedRead.Found(Bytes.wrap(value));
    } catch (RocksDBException unknown) {
      return CachedRead.NEEDS_DISK;
    }
  }

  List<@Nullable Bytes> multiGet(ColumnFamily family, List<Bytes> keys) {
    List<byte[]> arrays = new ArrayList<>(keys.size());
    for (Bytes key : keys) {
      arrays.add(key.toArrayShared());
    }
    List<ColumnFamilyHandle> handles = Collections.nCopies(keys.size(), database.handle(family));
    try {
      List<@Nullable Bytes> values = new ArrayList<>(keys.size());
      for (byte[] value : database.db.multiGetAsList(everywhere, handles, arrays)) {
        values.add(value == null ? null : Bytes.wrap(value));
      }
      return values;
    } catch (RocksDBException e) {
      throw RocksErrors.of("read", e);
    }
  }

  @Override
  public void close() {
    everywhere.close();
    inMemory.close();
  }
}
