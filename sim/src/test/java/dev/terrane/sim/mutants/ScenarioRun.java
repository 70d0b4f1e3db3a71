package dev.terrane.sim.mutants;

import dev.terrane.sim.cluster.FailedRun;
import dev.terrane.sim.cluster.Scenario;
import dev.terrane.sim.cluster.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/**
 * Runs a named scenario with a seed; to be loaded where a bug is planted. What goes in and out is
 * of classes that both sides share.
 *
 * <p>Answers nothing if the run went well; else first what went wrong, then the timeline.
 */
public final class ScenarioRun implements BiFunction<String, Long, List<String>> {
  @Override
  public List<String> apply(String scenario, Long seed) {
    try {
      Simulation.run(Scenario.named(scenario).parameters(seed));
      return List.of();
    } catch (FailedRun failure) {
      List<String> account = new ArrayList<>();
      account.add(failure.what());
      account.addAll(failure.timeline());
      return account;
    }
  }
}
