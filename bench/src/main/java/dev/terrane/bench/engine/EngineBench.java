package dev.terrane.bench.engine;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.Cursor;
import dev.terrane.engine.EngineSnapshot;
import dev.terrane.engine.KvEngine;
import dev.terrane.engine.WriteBatch;
import dev.terrane.engine.rocks.RocksEngine;
import dev.terrane.engine.rocks.RocksOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Puts in batches, cached reads, scans and barriers on RocksDB: 200,000 random keys of 16 bytes,
 * values of 100 bytes of which half can be packed, everything in the block cache.
 *
 * <p>Run with an empty directory as the only argument.
 */
public final class EngineBench {
  private static final int KEYS = 200_000;
  private static final int OPERATIONS = 64 << 10;
  private static final int BARRIERS = 200;
  private static final long MEMORY_BYTES = 256L << 20;

  private final KvEngine engine;
  private final CpuMeter meter = new CpuMeter(System.out);
  private final Bytes[] keys = new Bytes[KEYS];
  private final Bytes[] values = new Bytes[4096];
  private long bytesSeen; // keeps reads from being optimised away

  private EngineBench(KvEngine engine) {
    this.engine = engine;
    Random random = new Random(1);
    for (int i = 0; i < KEYS; i++) {
      byte[] key = new byte[16];
      random.nextBytes(key);
      keys[i] = Bytes.wrap(key);
    }
    for (int i = 0; i < values.length; i++) {
      byte[] packable = new byte[100];
      byte[] half = new byte[50];
      random.nextBytes(half);
      System.arraycopy(half, 0, packable, 0, half.length);
      values[i] = Bytes.wrap(packable);
    }
  }

  public static void main(String[] args) {
    if (args.length != 1) {
      System.err.println("usage: EngineBench EMPTY_DIRECTORY");
      System.exit(2);
    }
    RocksOptions options = RocksOptions.ofMemory(MEMORY_BYTES);
    try (KvEngine engine = RocksEngine.open(Path.of(args[0]), options)) {
      EngineBench bench = new EngineBench(engine);
      bench.puts();
      bench.fill();
      bench.pointReads();
      bench.cursors();
      bench.barriers();
      System.out.printf("%s%nread %d bytes%n", engine.statistics(), bench.bytesSeen);
    }
  }

  private Bytes key(int i) {
    return keys[(int) (i * 7919L % KEYS)];
  }

  private void puts() {
    for (int size : new int[] {1, 16, 128}) {
      meter.measure("put, batches of " + size + ", log unsynced", OPERATIONS, () -> put(size));
    }
  }

  private void put(int size) {
    WriteBatch batch = new WriteBatch();
    for (int i = 0; i < OPERATIONS; i++) {
      batch.put(ColumnFamily.DEFAULT, key(i), values[i % values.length]);
      if (batch.count() == size) {
        engine.write(batch);
        batch.clear();
      }
    }
  }

  private void fill() {
    WriteBatch batch = new WriteBatch();
    for (int i = 0; i < KEYS; i++) {
      batch.put(ColumnFamily.DEFAULT, keys[i], values[i % values.length]);
    }
    engine.write(batch);
    engine.flush();
    engine.compact(KeyRange.ALL);
    get(KEYS); // everything is cached from here on
  }

  private void get(int operations) {
    for (int i = 0; i < operations; i++) {
      Bytes value = engine.get(ColumnFamily.DEFAULT, key(i));
      bytesSeen += value == null ? 0 : value.length();
    }
  }

  private void pointReads() {
    meter.measure("get, cached", OPERATIONS, () -> get(OPERATIONS));
    meter.measure(
        "get if memory can answer",
        OPERATIONS,
        () -> {
          for (int i = 0; i < OPERATIONS; i++) {
            bytesSeen += engine.getCached(ColumnFamily.DEFAULT, key(i)).hashCode() & 1;
          }
        });
    meter.measure(
        "multiGet of 16, a key",
        OPERATIONS,
        () -> {
          for (int i = 0; i < OPERATIONS; i += 16) {
            List<Bytes> wanted = new ArrayList<>(16);
            for (int j = i; j < i + 16; j++) {
              wanted.add(key(j));
            }
            bytesSeen += engine.multiGet(ColumnFamily.DEFAULT, wanted).size();
          }
        });
    meter.measure(
        "snapshot, get, close",
        OPERATIONS,
        () -> {
          for (int i = 0; i < OPERATIONS; i++) {
            try (EngineSnapshot snapshot = engine.snapshot()) {
              bytesSeen += snapshot.get(ColumnFamily.DEFAULT, key(i)) == null ? 0 : 1;
            }
          }
        });
  }

  private void cursors() {
    meter.measure(
        "cursor, seek, close",
        OPERATIONS,
        () -> {
          for (int i = 0; i < OPERATIONS; i++) {
            KeyRange range = new KeyRange(key(i), Bytes.EMPTY);
            try (Cursor cursor = engine.cursor(ColumnFamily.DEFAULT, range)) {
              bytesSeen += cursor.seekToFirst() ? 1 : 0;
            }
          }
        });
    meter.measure("scan keys, a row", KEYS, () -> scan(false));
    meter.measure("scan keys and values, a row", KEYS, () -> scan(true));
  }

  private void scan(boolean withValues) {
    try (Cursor cursor = engine.cursor(ColumnFamily.DEFAULT, KeyRange.ALL)) {
      for (boolean there = cursor.seekToFirst(); there; there = cursor.next()) {
        bytesSeen += withValues ? cursor.value().length() : cursor.key().length();
      }
    }
  }

  private void barriers() {
    WriteBatch batch = new WriteBatch().put(ColumnFamily.DEFAULT, keys[0], values[0]);
    meter.measure(
        "put and barrier",
        BARRIERS,
        () -> {
          for (int i = 0; i < BARRIERS; i++) {
            engine.write(batch);
            engine.barrier();
          }
        });
  }
}
