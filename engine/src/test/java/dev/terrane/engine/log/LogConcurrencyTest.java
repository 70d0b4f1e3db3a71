package dev.terrane.engine.log;

import static dev.terrane.engine.log.Entries.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.raft.LogRead;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Readers of any thread see whole, right entries while the writer appends, releases and moves. */
class LogConcurrencyTest {
  private static final int REGIONS = 4;
  private static final int WRITES = 4000;
  private static final int DATA_BYTES = 60;

  private final TestDisk disk = new TestDisk(TestDisk.tinySegments());
  private final AtomicBoolean done = new AtomicBoolean();

  @Test
  void readersSeeWhatWasWritten() throws Exception {
    try (SegmentedRaftLog log = disk.open();
        ExecutorService threads = Executors.newFixedThreadPool(3)) {
      List<Future<Long>> readers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        int seed = i;
        readers.add(threads.submit(() -> read(log, new Random(seed))));
      }
      Future<?> writer = threads.submit(() -> write(log));
      try {
        writer.get(60, TimeUnit.SECONDS);
      } finally {
        done.set(true);
      }
      for (Future<Long> reader : readers) {
        assertThat(reader.get(60, TimeUnit.SECONDS)).isPositive();
      }
      assertThat(log.figures().cacheMisses()).isPositive();
      assertThat(log.figures().bytesRewritten()).isPositive();
    }
  }

  private static void write(SegmentedRaftLog log) {
    Random random = new Random(3);
    for (int i = 0; i < WRITES; i++) {
      int region = 1 + random.nextInt(REGIONS);
      long next = log.lastIndex(region) + 1;
      LogBatch batch = new LogBatch().append(region, run(next, next + random.nextInt(3), 1, 60));
      long held = next - log.firstIndex(region);
      if (held > 40L * region) { // the higher ones lag
        batch.release(region, next - 1 - random.nextLong(20));
      }
      log.write(batch);
      log.upkeep();
    }
  }

  /** Returns how many entries were read. */
  private long read(SegmentedRaftLog log, Random random) {
    long entries = 0;
    while (!done.get()) {
      int region = 1 + random.nextInt(REGIONS);
      long first = log.firstIndex(region);
      long last = log.lastIndex(region);
      if (last < first) {
        continue;
      }
      long start = first + random.nextLong(last - first + 1);
      switch (log.entries(region, start, last + 1, random.nextInt(2000))) {
        case LogRead.Compacted compacted -> assertThat(compacted.firstIndex()).isGreaterThan(start);
        case LogRead.Found found -> {
          long end = start + found.entries().size() - 1;
          assertThat(found.entries()).isEqualTo(run(start, end, 1, DATA_BYTES));
          entries += found.entries().size();
        }
      }
    }
    return entries;
  }
}
