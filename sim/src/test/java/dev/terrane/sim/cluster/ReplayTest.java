package dev.terrane.sim.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A seed says everything: the same run, event for event, in this JVM and in another one. */
class ReplayTest {
  private static final List<Long> SEEDS = List.of(2L, 6L, 8L);

  @Test
  void oneSeedRunsAlikeTwice() {
    for (long seed : SEEDS) {
      assertThat(Simulation.run(Simulation.drawn(seed)))
          .isEqualTo(Simulation.run(Simulation.drawn(seed)));
    }
  }

  @Test
  void anotherSeedRunsOtherwise() {
    assertThat(Simulation.run(Parameters.calm(1)).digest())
        .isNotEqualTo(Simulation.run(Parameters.calm(2)).digest());
  }

  @Test
  void oneSeedRunsAlikeInAnotherJvm() throws IOException, InterruptedException {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-ea",
                "-cp",
                System.getProperty("java.class.path"),
                Digests.class.getName())
            .redirectErrorStream(true)
            .start();
    String printed = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(other.waitFor()).as(printed).isZero();
    assertThat(printed.lines().toList()).isEqualTo(Digests.lines());
  }

  /** Prints the digests of some runs. */
  static final class Digests {
    private Digests() {}

    public static void main(String[] arguments) {
      lines().forEach(System.out::println);
    }

    static List<String> lines() {
      return SEEDS.stream()
          .map(seed -> seed + " " + Simulation.run(Simulation.drawn(seed)).digest())
          .toList();
    }
  }
}
