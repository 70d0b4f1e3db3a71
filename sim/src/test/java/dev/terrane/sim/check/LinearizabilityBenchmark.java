package dev.terrane.sim.check;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * How many operations the checker takes in a second: a main of its own, not a test, because a build
 * does not fail for its time.
 *
 * <p>Histories of 100,000 operations by 30 processes, a tenth of unknown outcome, on few keys and
 * on many, with values written once each and with values written often.
 */
final class LinearizabilityBenchmark {
  private static final int OPERATIONS = 100_000;
  private static final int PROCESSES = 30;
  private static final double UNKNOWN = 0.1;
  private static final int ROUNDS = 5;
  private static final double NANOS_PER_SECOND = 1e9;

  private LinearizabilityBenchmark() {}

  public static void main(String[] arguments) {
    System.out.println("keys  values     operations checked per real second / per CPU second");
    for (int[] shape : new int[][] {{1000, 0}, {100, 0}, {10, 0}, {100, 100}}) {
      int keys = shape[0];
      int values = shape[1];
      System.out.printf(Locale.ROOT, "%4d  %-9s", keys, values == 0 ? "unique" : "of " + values);
      for (int round = 0; round < ROUNDS; round++) {
        System.out.print(rates(keys, values, round));
      }
      System.out.println();
    }
  }

  private static String rates(int keys, int values, int seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    History<RawCall, RawResult> history =
        new RegisterHistories(PROCESSES, OPERATIONS, keys, values, UNKNOWN, 0.02).generate(random);
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long cpu = threads.getCurrentThreadCpuTime();
    long real = System.nanoTime();
    LinearizabilityChecker.Verdict verdict = LinearizabilityChecker.check(history);
    real = System.nanoTime() - real;
    cpu = threads.getCurrentThreadCpuTime() - cpu;
    if (!(verdict instanceof LinearizabilityChecker.Verdict.Linearizable)) {
      throw new IllegalStateException("a register's own history was not accepted: " + verdict);
    }
    return String.format(
        Locale.ROOT,
        "  %,9.0f / %,9.0f",
        OPERATIONS * NANOS_PER_SECOND / real,
        OPERATIONS * NANOS_PER_SECOND / cpu);
  }
}
