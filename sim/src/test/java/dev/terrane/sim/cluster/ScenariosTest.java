package dev.terrane.sim.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Every named scenario, with the seeds that failed once, and a few more; {@code -Dsim.seeds=50}
 * takes more, {@code -Dsim.scenario=full-disk} that one alone.
 */
class ScenariosTest {
  private static final int SEEDS = Integer.getInteger("sim.seeds", 3);

  private static final String ONLY = System.getProperty("sim.scenario", "");

  static final List<Scenario> SCENARIOS =
      ONLY.isEmpty() ? Scenario.ALL : List.of(Scenario.named(ONLY));

  @ParameterizedTest(name = "{0}")
  @FieldSource("SCENARIOS")
  void endsWell(Scenario scenario) {
    List<Long> seeds = new ArrayList<>(scenario.found());
    LongStream.rangeClosed(1, SEEDS).forEach(seeds::add);
    for (long seed : seeds) {
      Report report = Runs.run(scenario.name(), scenario.parameters(seed));
      assertThat(report.succeeded()).as("operations with seed %d", seed).isPositive();
    }
  }
}
