package dev.terrane.sim.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Runs a cluster for a test: a failure leaves its timeline in a file that the message names. */
final class Runs {
  private Runs() {}

  static Report run(String name, Parameters parameters) {
    try {
      return Simulation.run(parameters);
    } catch (FailedRun failure) {
      Path file = Path.of("target", "sim-" + name + "-seed-" + parameters.seed() + ".txt");
      try {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.write(file, failure.timeline());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      throw new AssertionError(failure.getMessage() + "\ntimeline: sim/" + file, failure);
    }
  }
}
