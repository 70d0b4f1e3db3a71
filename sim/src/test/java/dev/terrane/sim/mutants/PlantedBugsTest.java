package dev.terrane.sim.mutants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * The simulator finds each deliberate bug within a bounded number of seeds, and what it says is
 * what is wrong. A build begins with seeds that are known to find it; {@code -Dsim.mutants.first=1}
 * looks for all from that seed on, and {@code -Dsim.mutants.seeds} says how far.
 */
class PlantedBugsTest {
  static final List<Hunt> HUNTS = Hunts.ALL;

  @ParameterizedTest(name = "{0}")
  @FieldSource("HUNTS")
  void isFound(Hunt hunt) throws ReflectiveOperationException {
    long first = Long.getLong("sim.mutants.first", hunt.seed());
    int seedsMax = Integer.getInteger("sim.mutants.seeds", hunt.seedsMax());
    var loader = new MutantClassLoader(hunt.mutant(), PlantedBugsTest.class.getClassLoader());
    BiFunction<String, Long, List<String>> run = scenarioRun(loader);
    long begin = System.nanoTime();
    for (long seed = first; seed < first + seedsMax; seed++) {
      List<String> account = run.apply(hunt.scenario(), seed);
      if (!account.isEmpty()) {
        double seconds = (System.nanoTime() - begin) / 1e9;
        String what = account.getFirst();
        System.out.printf(
            Locale.ROOT,
            "planted bug: %-36s %-28s %3d seeds %5.1f s: %s%n",
            hunt,
            hunt.scenario() + " " + seed,
            seed - first + 1,
            seconds,
            what.lines().findFirst().orElse(""));
        assertThat(hunt.symptoms()).as("%s", what).anyMatch(what::contains);
        return;
      }
    }
    assertThat(loader.isPlanted()).as("a class with the bug was used").isTrue();
    fail("%s is not found by %d seeds from %d on", hunt, seedsMax, first);
  }

  @SuppressWarnings("unchecked") // the class is the same, of other classes
  private static BiFunction<String, Long, List<String>> scenarioRun(MutantClassLoader loader)
      throws ReflectiveOperationException {
    return (BiFunction<String, Long, List<String>>) loader.make(ScenarioRun.class);
  }

  @Test
  void eachBugIsHunted() {
    Set<String> hunted = new TreeSet<>();
    Set<String> hunts = new TreeSet<>();
    for (Hunt hunt : HUNTS) {
      hunted.add(hunt.mutant().name());
      assertThat(hunts.add(hunt + " in " + hunt.scenario())).as("%s is another", hunt).isTrue();
    }
    assertThat(Mutants.ALL).extracting(Mutant::name).allMatch(hunted::contains);
  }
}
