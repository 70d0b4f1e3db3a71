package dev.terrane.engine.rocks;

import static dev.terrane.engine.ColumnFamily.DEFAULT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.engine.CachedRead;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.Slice;

/** What memory alone is believed. */
final class RocksReadsTest {
  private static final Bytes KEY = Bytes.ofUtf8("key");
  private static final Bytes VALUE = Bytes.ofUtf8("value");

  @TempDir Path directory;

  private static void put(RocksDatabase database) throws RocksDBException {
    database.db.put(database.handle(DEFAULT), KEY.toByteArray(), VALUE.toByteArray());
  }

  @Test
  void memoryAnswersWhatItHasAndWhatItKnowsNotToBeThere() throws RocksDBException {
    try (RocksDatabase database = RocksDatabase.open(directory, RocksOptions.small());
        RocksReads reads = new RocksReads(database, null)) {
      put(database);

      assertThat(reads.getCached(DEFAULT, KEY)).isEqualTo(new CachedRead.Found(VALUE));
      assertThat(reads.getCached(DEFAULT, VALUE)).isEqualTo(CachedRead.ABSENT);
    }
  }

  /** RocksDB answers "does not exist" also where it could not look. */
  @Test
  void aLookThatFailsIsNotTakenForAnAbsentKey() throws RocksDBException {
    try (Slice notKept = new Slice("12345678");
        ReadOptions impossible = new ReadOptions().setTimestamp(notKept);
        RocksDatabase database = RocksDatabase.open(directory, RocksOptions.small());
        RocksReads reads = new RocksReads(database, null, impossible)) {
      put(database);

      assertThat(reads.getCached(DEFAULT, KEY)).isEqualTo(CachedRead.NEEDS_DISK);
    }
  }
}
