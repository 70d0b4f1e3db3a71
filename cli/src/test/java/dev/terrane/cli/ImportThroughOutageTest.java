package dev.terrane.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.client.TerraneClient;
import dev.terrane.common.Bytes;
import dev.terrane.server.config.Role;
import dev.terrane.server.node.Node;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An import while the cluster is not there for a while, or not yet. */
@Timeout(120)
class ImportThroughOutageTest {
  @TempDir private Path directory;
  private final ExecutorService importing = Executors.newSingleThreadExecutor();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private TestCluster cluster;

  @BeforeEach
  void open() {
    cluster = new TestCluster(directory);
  }

  @AfterEach
  void close() {
    cluster.close();
    importing.shutdownNow();
  }

  private Path input(int lines) throws IOException {
    return Files.write(
        directory.resolve("in.tsv"),
        IntStream.range(0, lines).mapToObj(i -> "key/" + i + "\tvalue " + i).toList());
  }

  private Future<Integer> startImport(Path file, String... more) {
    String[] command = new String[4 + more.length];
    command[0] = "import";
    command[1] = file.toString();
    command[2] = "--rejects";
    command[3] = rejects().toString();
    System.arraycopy(more, 0, command, 4, more.length);
    return importing.submit(() -> cluster.run(out, err, command));
  }

  private Path rejects() {
    return directory.resolve("rejected.jsonl");
  }

  private void await(String what, BooleanSupplier condition) {
    long endNanos = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - endNanos).as("%s: %s", what, err).isNegative();
      Thread.onSpinWait();
    }
  }

  private void expectValues(int lines) {
    try (TerraneClient client = TerraneClient.connect(cluster.pd())) {
      for (int i = 0; i < lines; i++) {
        assertThat(client.raw().get(Bytes.ofUtf8("key/" + i))).contains(Bytes.ofUtf8("value " + i));
      }
    }
  }

  @Test
  void itWaitsForANodeThatStopsAndLeavesNoLineOut() throws Exception {
    Node node = cluster.start("a", Set.of(Role.PD, Role.STORE), List.of());
    int lines = 4_000;
    Path acknowledged = directory.resolve("acknowledged");
    Future<Integer> running =
        startImport(
            input(lines),
            "--acked",
            acknowledged.toString(),
            "--outstanding",
            "8",
            "--timeout",
            "1");
    await("an acknowledged line", () -> acknowledged.toFile().length() > 0);

    node.stop();
    await("it says so", () -> err.toString().contains("the cluster does not serve"));
    assertThat(running.isDone()).isFalse();
    Node again = cluster.startAgain(node);
    assertThat(again.storeStatus()).isNotNull();
    await("it goes on", () -> err.toString().contains("going on after"));

    finish(running);
    expectValues(lines);
  }

  /** Of a put that was under way in between nobody may know: it is in the file then. */
  private void finish(Future<Integer> running) throws Exception {
    assertThat(running.get()).as("%s", err).isIn(ExitCode.DONE, ExitCode.UNDETERMINED);
    assertThat(err.toString()).contains(" 0 failed", "0 bad lines");
    if (Files.exists(rejects())) {
      TestCluster.Result again = cluster.run("import", rejects().toString());
      assertThat(again.exit()).as("%s", again).isEqualTo(ExitCode.DONE);
    }
  }

  @Test
  void begunBeforeThereIsAStoreItWaitsForTheFirst() throws Exception {
    Node pd = cluster.start("p", Set.of(Role.PD), List.of());
    Future<Integer> running = startImport(input(100));
    await(
        "it says so",
        () -> err.toString().contains("the cluster does not serve (the cluster has no store yet"));
    assertThat(running.isDone()).isFalse();

    cluster.start("s", Set.of(Role.STORE), List.of(pd.addresses().pd()));
    finish(running);
    expectValues(100);
  }

  @Test
  void whatIsNotWrittenIsRejectedWithTheReasonAndTakenBack() throws Exception {
    cluster.start("a", Set.of(Role.PD, Role.STORE), List.of());
    String longKey = "k".repeat(70_000);
    Path file =
        Files.write(
            directory.resolve("in.tsv"), List.of("key/0\tvalue 0", "no tab", longKey + "\tx"));
    assertThat(startImport(file).get()).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString())
        .contains("1 entry that is not written")
        .contains("1 line that could not be read");
    List<String> rejected = Files.readAllLines(rejects());
    assertThat(rejected).hasSize(2);
    assertThat(rejected)
        .anyMatch(line -> line.startsWith("{\"bad_line\":\"no tab\",\"line\":2,\"reason\":"));
    assertThat(rejected).anyMatch(line -> line.contains("\"reason\":\"") && line.contains(longKey));

    // Somebody mends both.
    Files.write(
        rejects(),
        rejected.stream()
            .map(line ->
                line.contains("bad_line")
                    ? "{\"key\":\"key/1\",\"value\":\"value 1\",\"reason\":\"mended\"}"
                    : line.replace(longKey, "key/2").replace(":\"x\"", ":\"value 2\""))
            .toList());
    assertThat(cluster.run("import", rejects().toString()).exit()).isEqualTo(ExitCode.DONE);
    expectValues(3);
  }
}
