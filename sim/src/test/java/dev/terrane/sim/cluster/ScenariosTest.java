package dev.terrane.sim.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Every named scenario, with a few seeds that stay; {@code -Dsim.seeds=50} takes more. */
class ScenariosTest {
  private static final int SEEDS = Integer.getInteger("sim.seeds", 3);

  static final List<Scenario> SCENARIOS = Scenario.ALL;

  @ParameterizedTest(name = "{0}")
  @FieldSource("SCENARIOS")
  void endsWell(Scenario scenario) {
    for (long seed = 1; seed <= SEEDS; seed++) {
      Report report = Runs.run(scenario.name(), scenario.parameters(seed));
      assertThat(report.succeeded()).as("operations with seed %d", seed).isGreaterThan(100);
    }
  }
}
