package dev.terrane.sim.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.FormatMethod;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/**
 * Clusters under attack, a new seed each time, for as long as {@code -Dsim.minutes} says. A failure
 * names its seed; {@code -Dsim.seed} replays that one alone, {@code -Dsim.first} begins with one.
 */
class SwarmTest {
  private static final double MINUTES = Double.parseDouble(System.getProperty("sim.minutes", "2"));

  @Test
  void clustersUnderAttackKeepTheirPromises() {
    Long replayed = Long.getLong("sim.seed");
    if (replayed != null) {
      say("%s", Runs.run("swarm", Simulation.drawn(replayed)));
      return;
    }
    long first = Long.getLong("sim.first", ThreadLocalRandom.current().nextLong(1L << 40));
    say("seeds from %d on", first);
    long cpuBefore = cpuNanos();
    long end = System.nanoTime() + (long) (MINUTES * Duration.ofMinutes(1).toNanos());
    double virtualSeconds = 0;
    long operations = 0;
    long runs = 0;
    while (runs == 0 || System.nanoTime() < end) {
      Report report = Runs.run("swarm", Simulation.drawn(first + runs));
      virtualSeconds += report.virtualSeconds();
      operations += report.succeeded();
      runs++;
    }
    double cpuSeconds = (cpuNanos() - cpuBefore) / 1e9;
    say(
        "%d runs, %.2f virtual hours, %d client operations; %.0f virtual seconds per CPU second",
        runs, virtualSeconds / 3600, operations, virtualSeconds / cpuSeconds);
    assertThat(operations).as("operations that succeeded").isGreaterThan(10 * runs);
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  @FormatMethod
  private static void say(String format, Object... values) {
    System.out.println("simulation: " + format.formatted(values));
  }
}
