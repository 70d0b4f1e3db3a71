package dev.terrane.bench.engine;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;

/**
 * Runs work several times and prints what an operation costs: CPU time of the calling thread
 * (median and best round) and wall time (best round). Background threads are not in it.
 */
final class CpuMeter {
  private static final int ROUNDS = 9;

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final PrintStream out;

  CpuMeter(PrintStream out) {
    this.out = out;
  }

  /** Measures {@code round}, which does {@code operations} operations each time it is run. */
  void measure(String name, int operations, Runnable round) {
    double[] cpuMicros = new double[ROUNDS];
    double bestWallMicros = Double.MAX_VALUE;
    for (int i = 0; i < ROUNDS; i++) {
      long cpuStart = threads.getCurrentThreadCpuTime();
      long wallStart = System.nanoTime();
      round.run();
      double wallMicros = (System.nanoTime() - wallStart) / 1e3 / operations;
      cpuMicros[i] = (threads.getCurrentThreadCpuTime() - cpuStart) / 1e3 / operations;
      bestWallMicros = Math.min(bestWallMicros, wallMicros);
    }
    Arrays.sort(cpuMicros);
    out.printf(
        "%-34s %8.2f us CPU (best %.2f) %8.2f us wall (best)%n",
        name, cpuMicros[ROUNDS / 2], cpuMicros[0], bestWallMicros);
  }
}
