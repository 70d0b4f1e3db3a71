package dev.terrane.engine.rocks;

import static dev.terrane.engine.ColumnFamily.DEFAULT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.engine.Cursor;
import dev.terrane.engine.EngineCorruptException;
import dev.terrane.engine.EngineException;
import dev.terrane.engine.WriteBatch;
import dev.terrane.engine.rocks.RocksOptions.Compression;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged files, a directory in use, and options that cannot work. */
final class RocksDamageTest {
  private static final int KEYS = 20_000;

  @TempDir Path directory;

  private RocksEngine open() {
    return RocksEngine.open(directory, RocksOptions.small());
  }

  private static Bytes key(int number) {
    return Bytes.ofUtf8(String.format("key%07d", number));
  }

  private static void fill(RocksEngine engine) {
    Random random = new Random(1);
    WriteBatch batch = new WriteBatch();
    for (int i = 0; i < KEYS; i++) {
      byte[] value = new byte[100];
      random.nextBytes(value);
      batch.put(DEFAULT, key(i), Bytes.wrap(value));
    }
    engine.write(batch);
  }

  private List<Path> files(String suffix) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
    }
  }

  private static void flipBit(Path file, long position) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, position);
      one.put(0, (byte) (one.get(0) ^ 0x20)).rewind();
      channel.write(one, position);
    }
  }

  private static int scan(RocksEngine engine) {
    int rows = 0;
    try (Cursor cursor = engine.cursor(DEFAULT, KeyRange.ALL)) {
      for (boolean there = cursor.seekToFirst(); there; there = cursor.next()) {
        rows++;
      }
    }
    return rows;
  }

  @Test
  void flippedBitInASortedFileIsNamedNotReturned() throws IOException {
    try (RocksEngine engine = open()) {
      fill(engine);
      engine.flush();
      engine.compact(KeyRange.ALL);
    }
    Path file = files(".sst").getLast();
    flipBit(file, Files.size(file) / 2);

    try (RocksEngine engine = open()) {
      assertThatThrownBy(() -> scan(engine))
          .isInstanceOfSatisfying(
              EngineCorruptException.class, e -> assertThat(e.file()).isEqualTo(file.toString()));
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < KEYS; i++) {
                  engine.get(DEFAULT, key(i));
                }
              })
          .isInstanceOfSatisfying(
              EngineCorruptException.class, e -> assertThat(e.file()).isEqualTo(file.toString()));
      assertThat(engine.get(DEFAULT, key(0))).as("what is whole is served").isNotNull();
    }
  }

  @Test
  void missingSortedFileRefusesToOpen() throws IOException {
    try (RocksEngine engine = open()) {
      fill(engine);
      engine.flush();
    }
    Path file = files(".sst").getLast();
    Files.delete(file);

    assertThatThrownBy(this::open)
        .isInstanceOf(EngineException.class)
        .hasMessageContaining(file.getFileName().toString());
  }

  @Test
  void truncatedSortedFileIsNamed() throws IOException {
    try (RocksEngine engine = open()) {
      fill(engine);
      engine.flush();
      engine.compact(KeyRange.ALL);
    }
    Path file = files(".sst").getLast();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() / 2);
    }

    assertThatThrownBy(
            () -> {
              try (RocksEngine engine = open()) {
                scan(engine);
              }
            })
        .isInstanceOf(EngineException.class)
        .hasMessageContaining(file.getFileName().toString());
  }

  @Test
  void damagedManifestIsNamed() throws IOException {
    open().close();
    Path manifest;
    try (Stream<Path> files = Files.list(directory)) {
      manifest =
          files.filter(f -> f.getFileName().toString().startsWith("MANIFEST")).findAny().get();
    }
    flipBit(manifest, 20);

    assertThatThrownBy(this::open)
        .isInstanceOfSatisfying(
            EngineCorruptException.class, e -> assertThat(e.file()).contains("MANIFEST"));
  }

  @Test
  void tornTailOfTheLogIsDropped() throws IOException {
    try (RocksEngine engine = open()) {
      for (int i = 0; i < 10; i++) {
        engine.write(new WriteBatch().put(DEFAULT, key(i), key(i)));
      }
    }
    Path log = files(".log").getLast();
    try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() - 3);
    }

    try (RocksEngine engine = open()) {
      assertThat(scan(engine)).isEqualTo(9);
      assertThat(engine.get(DEFAULT, key(8))).isEqualTo(key(8));
    }
  }

  @Test
  void directoryInUseIsRefused() {
    try (RocksEngine engine = open()) {
      assertThatThrownBy(this::open)
          .isInstanceOf(EngineException.class)
          .hasMessageContaining(directory.toString())
          .hasMessageContaining("lock");
      engine.write(new WriteBatch().put(DEFAULT, key(1), key(1)));
    }
  }

  @Test
  void leftOversOfAnIngestAreRemovedAtOpen() throws IOException {
    open().close();
    Path left = Files.writeString(directory.resolve("ingest").resolve("1.sst"), "cut short");
    open().close();

    assertThat(left).doesNotExist();
  }

  @Test
  void packsTheLastLevelAsAsked() throws IOException {
    RocksOptions options = RocksOptions.small().withBottomCompression(Compression.ZSTD);
    try (RocksEngine engine = RocksEngine.open(directory, options.withBackgroundJobs(3))) {
      for (int file = 0; file < 2; file++) { // a single one would be moved down as it is
        WriteBatch batch = new WriteBatch();
        for (int i = file; i < KEYS; i += 2) {
          batch.put(DEFAULT, key(i), key(i));
        }
        engine.write(batch);
        engine.flush();
      }
      long unpacked = engine.approximateSize(DEFAULT, KeyRange.ALL);
      engine.compact(KeyRange.ALL);

      assertThat(engine.approximateSize(DEFAULT, KeyRange.ALL)).isLessThan(unpacked / 2);
      assertThat(scan(engine)).isEqualTo(KEYS);
    }
  }

  @Test
  void optionsThatCannotWorkAreRefused() {
    assertThatThrownBy(() -> RocksOptions.ofMemory(1 << 20))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> RocksOptions.small().withBackgroundJobs(1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RocksOptions(64 << 20, 40 << 20, 2, Compression.LZ4, 100))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("half");
  }
}
