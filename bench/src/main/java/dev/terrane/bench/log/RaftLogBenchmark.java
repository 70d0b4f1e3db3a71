package dev.terrane.bench.log;

import com.sun.management.OperatingSystemMXBean;
import dev.terrane.common.Bytes;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Appends 100-byte entries to the logs of 1,000 Regions, in batches of 1, 16 and 256, each synced.
 * A Region keeps its last 100 to 200 entries. Both kinds of log take turns, so that other load
 * meets both; of each row the rounds' median by rate is printed.
 *
 * <p>Arguments: the directory to write in, the number of rounds, the seconds of a round.
 */
public final class RaftLogBenchmark {
  private static final int REGIONS = 1000;
  private static final int DATA_BYTES = 100;
  private static final int KEPT_ENTRIES = 100;
  private static final int[] BATCH_ENTRIES = {1, 16, 256};

  private RaftLogBenchmark() {}

  /** One round's result. */
  private record Result(
      double entriesPerSecond, double syncsPerSecond, double cpuMicros, long p50, long p99) {}

  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[0]);
    int rounds = Integer.parseInt(args[1]);
    long roundNanos = (long) (Double.parseDouble(args[2]) * 1e9);
    run(directory, SegmentsUnderTest::new, 256, roundNanos); // warms up
    run(directory, RocksUnderTest::new, 256, roundNanos);
    System.out.println(
        "| entries a batch | log | entries/s | syncs/s | CPU us/entry | p50 us | p99 us |");
    System.out.println("|---|---|---|---|---|---|---|");
    for (int batchEntries : BATCH_ENTRIES) {
      Result[] segments = new Result[rounds];
      Result[] rocks = new Result[rounds];
      for (int round = 0; round < rounds; round++) {
        segments[round] = run(directory, SegmentsUnderTest::new, batchEntries, roundNanos);
        rocks[round] = run(directory, RocksUnderTest::new, batchEntries, roundNanos);
      }
      print(batchEntries, "segments", segments);
      print(batchEntries, "RocksDB", rocks);
    }
  }

  private static void print(int batchEntries, String log, Result[] results) {
    Arrays.sort(results, (a, b) -> Double.compare(a.entriesPerSecond, b.entriesPerSecond));
    Result median = results[results.length / 2];
    System.out.printf(
        "| %d | %s | %,.0f (%,.0f to %,.0f) | %,.0f | %.2f | %d | %d |%n",
        batchEntries,
        log,
        median.entriesPerSecond,
        results[0].entriesPerSecond,
        results[results.length - 1].entriesPerSecond,
        median.syncsPerSecond,
        median.cpuMicros,
        median.p50,
        median.p99);
  }

  private static Result run(
      Path parent, Function<Path, BenchedLog> open, int batchEntries, long roundNanos)
      throws IOException {
    Path directory = Files.createTempDirectory(Files.createDirectories(parent), "log");
    try (BenchedLog log = open.apply(directory)) {
      return run(log, batchEntries, roundNanos);
    } finally {
      delete(directory);
    }
  }

  private static Result run(BenchedLog log, int batchEntries, long roundNanos) {
    var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    Bytes data = Bytes.wrap(new byte[DATA_BYTES]);
    long[] lastIndexes = new long[REGIONS];
    long[] latencies = new long[1 << 20];
    int batches = 0;
    long entries = 0;
    long cpu = system.getProcessCpuTime();
    long start = System.nanoTime();
    long now = start;
    while (now - start < roundNanos) {
      for (int i = 0; i < batchEntries; i++) {
        int region = (int) (entries % REGIONS);
        long index = ++lastIndexes[region];
        log.append(region, index, data);
        if (index > KEPT_ENTRIES && index % KEPT_ENTRIES == 0) {
          log.release(region, index - KEPT_ENTRIES);
        }
        entries++;
      }
      log.commit();
      long end = System.nanoTime();
      latencies[batches++ % latencies.length] = end - now;
      now = end;
    }
    double seconds = (now - start) / 1e9;
    double cpuMicros = (system.getProcessCpuTime() - cpu) / 1e3 / entries;
    long[] sorted = Arrays.copyOf(latencies, Math.min(batches, latencies.length));
    Arrays.sort(sorted);
    return new Result(
        entries / seconds,
        batches / seconds,
        cpuMicros,
        sorted[sorted.length / 2] / 1000,
        sorted[(int) (sorted.length * 0.99)] / 1000);
  }

  private static void delete(Path directory) throws IOException {
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException failure)
              throws IOException {
            Files.delete(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
