package dev.terrane.bench.log;

import dev.terrane.common.Bytes;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.rocksdb.CompressionType;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * A RocksDB that holds nothing but the log: key {@code (region, index)}, value {@code (term, kind,
 * data)}, one write batch and one sync of its own log for all Regions, a range delete for a
 * release. Its log files are recycled, which is its way of avoiding metadata in each sync.
 */
final class RocksUnderTest implements BenchedLog {
  private final Options options =
      new Options()
          .setCreateIfMissing(true)
          .setCompressionType(CompressionType.NO_COMPRESSION)
          .setWriteBufferSize(64 << 20)
          .setRecycleLogFileNum(4);
  private final WriteOptions synced = new WriteOptions().setSync(true);
  private final WriteBatch batch = new WriteBatch();
  private final RocksDB db;

  RocksUnderTest(Path directory) {
    try {
      db = RocksDB.open(options, directory.toString());
    } catch (RocksDBException e) {
      throw new IllegalStateException("cannot open RocksDB", e);
    }
  }

  @Override
  public void append(long regionId, long index, Bytes data) {
    byte[] value = new byte[9 + data.length()];
    ByteBuffer.wrap(value).putLong(1).put((byte) 0);
    data.copyTo(value, 9);
    try {
      batch.put(key(regionId, index), value);
    } catch (RocksDBException e) {
      throw new IllegalStateException("cannot fill a batch", e);
    }
  }

  @Override
  public void release(long regionId, long index) {
    try {
      batch.deleteRange(key(regionId, 0), key(regionId, index + 1));
    } catch (RocksDBException e) {
      throw new IllegalStateException("cannot fill a batch", e);
    }
  }

  @Override
  public void commit() {
    try {
      db.write(synced, batch);
      batch.clear();
    } catch (RocksDBException e) {
      throw new IllegalStateException("cannot write", e);
    }
  }

  @Override
  public long fileBytes() {
    try {
      return db.getLongProperty("rocksdb.total-sst-files-size");
    } catch (RocksDBException e) {
      throw new IllegalStateException("cannot read a property", e);
    }
  }

  @Override
  public void close() {
    batch.close();
    db.close();
    synced.close();
    options.close();
  }

  private static byte[] key(long regionId, long index) {
    byte[] key = new byte[16];
    ByteBuffer.wrap(key).putLong(regionId).putLong(index);
    return key;
  }
}
