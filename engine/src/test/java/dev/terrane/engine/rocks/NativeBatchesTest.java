package dev.terrane.engine.rocks;

import static dev.terrane.engine.ColumnFamily.DEFAULT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.EngineStalledException;
import dev.terrane.engine.SstWriter;
import dev.terrane.engine.WriteBatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.FlushOptions;
import org.rocksdb.MutableColumnFamilyOptions;
import org.rocksdb.RocksDBException;

/** Writes that do not wait, and ranges without an end, for which nothing is read. */
final class NativeBatchesTest {
  private static final Bytes KEY = Bytes.ofUtf8("key");
  private static final WriteBatch ALL_GO = new WriteBatch().deleteRange(DEFAULT, KeyRange.ALL);

  @TempDir Path directory;

  private static Bytes high(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 0xff);
    return Bytes.wrap(bytes);
  }

  @Test
  @Timeout(60)
  void aWriterThatMayNotWaitIsRefusedWhereRocksDbWouldHoldItBack() throws RocksDBException {
    try (RocksDatabase database = RocksDatabase.open(directory, RocksOptions.small());
        NativeBatches batches = new NativeBatches(database);
        FlushOptions flush = new FlushOptions().setWaitForFlush(true)) {
      database.db.setOptions(
          database.handle(DEFAULT),
          MutableColumnFamilyOptions.builder()
              .setLevel0FileNumCompactionTrigger(100)
              .setLevel0SlowdownWritesTrigger(2)
              .setLevel0StopWritesTrigger(2)
              .build());
      WriteBatch batch = new WriteBatch().put(DEFAULT, KEY, KEY);
      for (int file = 0; file < 2; file++) {
        batches.write(batch, database.writesNow);
        database.db.flush(flush, database.handle(DEFAULT));
      }

      assertThatThrownBy(
              () -> {
                try {
                  batches.write(batch, database.writesNow);
                } catch (RocksDBException e) {
                  throw RocksErrors.of("write", e);
                }
              })
          .isInstanceOf(EngineStalledException.class);

      database.db.setOptions(
          database.handle(DEFAULT),
          MutableColumnFamilyOptions.builder()
              .setLevel0SlowdownWritesTrigger(20)
              .setLevel0StopWritesTrigger(36)
              .build());
      batches.write(batch, database.writesNow);
    }
  }

  @Test
  void aRangeWithoutAnEndTakesWhatEverWasPutAboveIt() {
    try (RocksEngine engine = RocksEngine.open(directory, RocksOptions.small())) {
      engine.write(new WriteBatch().put(DEFAULT, high(16), KEY).put(DEFAULT, high(40), KEY));
      engine.write(new WriteBatch().put(DEFAULT, high(99), KEY).deleteRange(DEFAULT, KeyRange.ALL));
      assertThat(engine.get(DEFAULT, high(16))).isNull();
      assertThat(engine.get(DEFAULT, high(40))).isNull();
      assertThat(engine.get(DEFAULT, high(99))).isNull();
      engine.write(new WriteBatch().put(DEFAULT, high(60), KEY));
    }
    try (RocksEngine again = RocksEngine.open(directory, RocksOptions.small())) {
      assertThat(again.get(DEFAULT, high(60))).isEqualTo(KEY);
      again.write(ALL_GO);
      assertThat(again.get(DEFAULT, high(60))).isNull();
    }
  }

  @Test
  void alsoWhatCameWithAFile() {
    Path file = directory.resolve("in.sst");
    try (RocksEngine engine = RocksEngine.open(directory.resolve("db"), RocksOptions.small())) {
      try (SstWriter writer = engine.sstWriter(DEFAULT, file)) {
        writer.put(KEY, KEY);
        writer.put(high(70), KEY);
        writer.finish();
      }
      assertThat(Files.exists(file)).isTrue();
      engine.ingest(Map.of(ColumnFamily.DEFAULT, List.of(file)));
      assertThat(engine.get(DEFAULT, high(70))).isEqualTo(KEY);
      engine.write(ALL_GO);
      assertThat(engine.get(DEFAULT, high(70))).isNull();
      assertThat(engine.get(DEFAULT, KEY)).isNull();
    }
  }
}
