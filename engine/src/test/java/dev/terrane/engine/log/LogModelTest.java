package dev.terrane.engine.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random batches and upkeep against a plain model, with a stop of the process or a power cut at any
 * call to the disk. What is found afterwards is what was acknowledged, then possibly some of the
 * batches that were being written, in order and each as a whole.
 */
class LogModelTest {
  private static final int LIVES = 25;

  /** {@code -Dlog.seeds=1000} looks further. */
  static LongStream seeds() {
    return LongStream.rangeClosed(1, Long.getLong("log.seeds", 12));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void holdsWhatTheModelHoldsWhateverTheCrash(long seed) {
    Random random = new Random(seed);
    RandomBatches batches = new RandomBatches(random);
    TestDisk disk = new TestDisk(TestDisk.tinySegments());
    LogModel model = LogModel.empty();
    for (int life = 0; life < LIVES; life++) {
      List<LogModel> possible = new ArrayList<>(List.of(model));
      disk.failAfter(random.nextInt(400));
      try {
        SegmentedRaftLog log = disk.open();
        assertThat(LogModel.of(log)).isEqualTo(model);
        while (true) {
          step(log, model, batches, possible, random);
          model = possible.getLast();
          possible = new ArrayList<>(List.of(model));
          checkAgainst(model, log, random);
        }
      } catch (LogFailedException | LogFullException crashed) {
        assertThat(crashed).hasStackTraceContaining("injected");
      }
      if (random.nextInt(3) == 0) {
        disk.directory.restart();
      } else {
        disk.directory.losePower(random);
      }
      disk.heal();
      SegmentedRaftLog log = disk.open();
      model = LogModel.of(log);
      assertThat(possible).as("life %d", life).contains(model);
      log.close();
    }
  }

  /**
   * Leaves in {@code possible} all that the log may hold if this fails; the last if it does not.
   */
  private static void step(
      SegmentedRaftLog log,
      LogModel model,
      RandomBatches batches,
      List<LogModel> possible,
      Random random) {
    if (random.nextInt(3) == 0) {
      log.upkeep();
      return;
    }
    List<LogBatch> next = batches.next(model);
    for (LogBatch batch : next) {
      possible.add(possible.getLast().after(batch));
    }
    log.write(next);
  }

  private static void checkAgainst(LogModel model, SegmentedRaftLog log, Random random) {
    if (random.nextInt(5) == 0) {
      assertThat(LogModel.of(log)).isEqualTo(model);
    }
    LogFigures figures = log.figures();
    assertThat(figures.cacheBytes()).isBetween(0L, TestDisk.tinySegments().cacheBytes());
  }
}
