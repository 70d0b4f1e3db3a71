package dev.terrane.engine.rocks;

import static dev.terrane.engine.ColumnFamily.DEFAULT;

import dev.terrane.common.Bytes;
import dev.terrane.engine.EngineException;
import dev.terrane.engine.WriteBatch;
import dev.terrane.engine.rocks.RocksOptions.Compression;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Random;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/**
 * A process of its own with few descriptors, all of which it takes while the engine flushes or
 * compacts, and gives back later. What it prints says what became of the engine.
 *
 * <p>Every key that it says to have written was acknowledged.
 */
final class DescriptorStarvation {
  static final int VALUE_BYTES = 10_000;
  private static final int BATCHES_WHILE_STARVED = 1_000;
  private static final int TRIES_AFTERWARDS = 200;
  private static final int PAUSE_MILLIS = 50;

  private final RocksEngine engine;
  private final Random random = new Random(1);
  private final ArrayDeque<FileInputStream> taken = new ArrayDeque<>();
  private int written;

  private DescriptorStarvation(RocksEngine engine) {
    this.engine = engine;
  }

  static RocksOptions options() {
    return new RocksOptions(8 << 20, 2 << 20, 2, Compression.LZ4, RocksOptions.OPEN_FILES_MIN);
  }

  static Bytes key(int number) {
    return Bytes.ofUtf8(String.format("key%07d", number));
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    RocksEngine engine = RocksEngine.open(Path.of(arguments[0]), options());
    new DescriptorStarvation(engine).run(arguments[0], arguments[1]);
    Runtime.getRuntime().halt(0); // as a node ends that cannot go on
  }

  private void run(String directory, String when) throws IOException, InterruptedException {
    for (int i = 0; i < 300; i++) {
      write();
    }
    engine.barrier();
    loadWhatFailuresNeed(Path.of(directory));
    takeAll();
    switch (when) {
      case "another log" -> attempt(engine::flush);
      case "flush" -> {
        leave(1);
        attempt(engine::flush);
      }
      case "compaction" -> {
        leave(3);
        attempt(() -> {
          for (int i = 0; i < BATCHES_WHILE_STARVED; i++) {
            write();
          }
        });
      }
      case "write" ->
          attempt(() -> {
            for (int i = 0; i < BATCHES_WHILE_STARVED; i++) {
              write();
            }
          });
      default -> throw new IllegalArgumentException(when);
    }
    while (!taken.isEmpty()) {
      taken.remove().close();
    }
    System.out.println("given back");
    for (int i = 0; i < TRIES_AFTERWARDS; i++) {
      try {
        write();
        engine.flush();
        System.out.println("goes on, acknowledged " + written);
        return;
      } catch (EngineException e) {
        if (!e.retryable()) {
          System.out.println("ends: " + e.getMessage() + ", acknowledged " + written);
          return;
        }
        Thread.sleep(PAUSE_MILLIS);
      }
    }
    System.out.println("neither goes on nor ends, acknowledged " + written);
  }

  private void write() {
    byte[] value = new byte[VALUE_BYTES];
    random.nextBytes(value);
    engine.writeNow(new WriteBatch().put(DEFAULT, key(written), Bytes.wrap(value)));
    written++;
  }

  private void attempt(Runnable what) {
    try {
      what.run();
      System.out.println("nothing failed");
    } catch (EngineException e) {
      System.out.println("failed, retryable " + e.retryable() + ": " + e.getMessage());
    }
  }

  /** Classes are files here, for which there would be no descriptor. */
  private static void loadWhatFailuresNeed(Path directory) throws IOException {
    PassingWant want =
        new PassingWant(directory.resolve(RocksDatabase.CURRENT), Files.getFileStore(directory));
    for (int i = 0; i < PassingWant.TRIES_WITH_DESCRIPTORS_MAX; i++) {
      EngineException failure =
          want.examined(
              RocksErrors.of(
                  "try",
                  new RocksDBException(
                      new Status(
                          Status.Code.IOError, Status.SubCode.None, "Too many open files"))));
      System.out.println("retryable " + failure.retryable() + ": " + failure.getMessage());
    }
  }

  private void takeAll() {
    try {
      while (true) {
        taken.add(new FileInputStream("/dev/null"));
      }
    } catch (IOException none) {
      System.out.println("took " + taken.size() + ": " + none.getMessage());
    }
  }

  private void leave(int descriptors) throws IOException {
    for (int i = 0; i < descriptors; i++) {
      taken.remove().close();
    }
  }
}
