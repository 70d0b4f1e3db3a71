package dev.terrane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An import that is told to end half-way, and goes on where it says. */
@Timeout(180)
class InterruptedImportTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int LINES = 100_000;
  private static final int ENDED_BY_SIGTERM = 143;

  @TempDir Path directory;

  @Test
  void everyLineIsAcknowledgedOnceAllInAll() throws IOException {
    Path file = directory.resolve("in.tsv");
    Files.write(
        file, IntStream.range(0, LINES).mapToObj(i -> "key/" + i + "\tvalue " + i).toList());
    Path acknowledged = directory.resolve("acknowledged");
    try (TerraneProcess playground =
        TerraneProcess.start("playground", "--nodes", "1", "--pd-port", "0")) {
      String pd = playground.awaitLine("^ready: pd (\\S+)$", PATIENCE).group(1);
      int last;
      try (TerraneProcess first = startImport(file, acknowledged, pd, 1)) {
        await()
            .atMost(PATIENCE)
            .until(() -> Files.exists(acknowledged) && Files.size(acknowledged) > 0);
        first.terminate();
        String output = first.expectExit(ENDED_BY_SIGTERM, PATIENCE);
        last = Integer.parseInt(first.awaitLine("with --from-line (\\d+)", PATIENCE).group(1)) - 1;
        assertThat(output)
            .contains("interrupted after line " + last + " of " + file)
            .contains("0 failed, 0 undetermined, 0 bad lines");
      }
      assertThat(last).isBetween(1, LINES - 1);
      assertThat(Files.readAllLines(acknowledged)).hasSize(last);

      try (TerraneProcess second = startImport(file, acknowledged, pd, last + 1)) {
        assertThat(second.expectExit(0, PATIENCE)).doesNotContain("interrupted");
      }
      List<String> all = Files.readAllLines(acknowledged);
      assertThat(all).hasSize(LINES);
      assertThat(new HashSet<>(all).equals(keys())).as("every key once").isTrue();
      playground.stop();
    }
  }

  private static Set<String> keys() {
    return IntStream.range(0, LINES).mapToObj(i -> "key/" + i).collect(Collectors.toSet());
  }

  private static TerraneProcess startImport(Path file, Path acknowledged, String pd, int fromLine) {
    return TerraneProcess.start(
        "import",
        file.toString(),
        "--acked",
        acknowledged.toString(),
        "--pd",
        pd,
        "--from-line",
        Integer.toString(fromLine));
  }
}
