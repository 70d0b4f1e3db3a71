package dev.terrane.sim.cluster;

import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * How fast a cluster of three under faults runs that serves 100 operations per second; by hand,
 * with {@code -Dsim.speed=true}, since a machine's other work must not fail a build.
 */
class SpeedTest {
  private static final int RUNS = 40;

  @Test
  @EnabledIfSystemProperty(named = "sim.speed", matches = "true")
  void virtualSecondsPerCpuSecond() {
    for (long round = 0; round < 2; round++) {
      double virtualSeconds = 0;
      long operations = 0;
      long events = 0;
      long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      for (long seed = 0; seed < RUNS; seed++) {
        Report report =
            Simulation.run(
                Parameters.calm(round * RUNS + seed)
                    .withCluster(3, 3, false)
                    .withAttacks(
                        3_000,
                        Attack.KILL,
                        Attack.ISOLATE,
                        Attack.PAUSE,
                        Attack.LOSE_PACKETS,
                        Attack.SLOW_DISK));
        virtualSeconds += report.virtualSeconds();
        operations += report.succeeded();
        events += report.events();
      }
      double cpuSeconds =
          (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before) / 1e9;
      System.out.printf(
          "simulation: round %d: %.1f virtual seconds per CPU second, %.0f operations and %.0f"
              + " events per virtual second%n",
          round, virtualSeconds / cpuSeconds, operations / virtualSeconds, events / virtualSeconds);
    }
  }
}
