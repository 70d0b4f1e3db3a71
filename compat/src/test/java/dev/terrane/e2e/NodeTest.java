package dev.terrane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One process, its directory and its ports. */
@Timeout(180)
class NodeTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;

  private final List<Integer> ports = FreePorts.take(3);

  @Test
  void aKilledNodeGoesOnWithWhatItAcknowledged() {
    try (TerraneProcess node = start("n1", ports)) {
      node.awaitLine("^ready: ", PATIENCE);
      run(0, "put", "-e", "a\\x00b", "value \\xff", "--pd", pd());
      node.kill();
    }
    try (TerraneProcess node = start("n1", ports)) {
      node.awaitLine("^ready: ", PATIENCE);
      assertThat(run(0, "get", "-e", "a\\x00b", "--pd", pd(), "--timeout", "30"))
          .contains("value \\xff");
      node.stop();
    }
  }

  @Test
  void aTakenPortIsNamedAndTheOtherNodeIsNotDisturbed() {
    try (TerraneProcess node = start("n1", ports)) {
      node.awaitLine("^ready: ", PATIENCE);
      try (TerraneProcess second = start("n2", ports)) {
        assertThat(second.expectExit(1, PATIENCE))
            .containsPattern("cannot listen on port (%d|%d|%d)".formatted(ports.toArray()))
            .contains("terrane start --help");
      }
      run(0, "put", "a", "1", "--pd", pd());
      assertThat(run(0, "get", "a", "--pd", pd())).contains("1");
      node.stop();
    }
  }

  @Test
  void aPlaygroundRemovesItsDataUnlessToldWhereToKeepThem() throws IOException {
    Path temporary = Files.createDirectory(directory.resolve("tmp"));
    List<String> flags = List.of("-Djava.io.tmpdir=" + temporary);
    try (TerraneProcess playground =
        TerraneProcess.start(flags, List.of("playground", "--nodes", "1", "--pd-port", "0"))) {
      playground.awaitLine("^ready: pd ", PATIENCE);
      assertThat(playgrounds(temporary)).isEqualTo(1);
      playground.stop();
      assertThat(temporary).isEmptyDirectory();
    }
    Path kept = directory.resolve("kept");
    for (String expected : List.of("no such key", "1")) {
      try (TerraneProcess playground =
          TerraneProcess.start(
              "playground", "--nodes", "1", "--pd-port", "0", "--dir", kept.toString())) {
        String pd = playground.awaitLine("^ready: pd (\\S+)", PATIENCE).group(1);
        int code = expected.equals("1") ? 0 : 3;
        assertThat(run(code, "get", "kept", "--pd", pd)).contains(expected);
        run(0, "put", "kept", "1", "--pd", pd);
        playground.stop();
      }
    }
  }

  @Test
  void importNamesBadLinesAndWritesTheOthers() throws IOException {
    Path file = Files.writeString(directory.resolve("in.tsv"), "a\t1\nno tab\nb\t2\na\t3\n");
    Path acknowledged = directory.resolve("acknowledged");
    try (TerraneProcess node = start("n1", ports)) {
      node.awaitLine("^ready: ", PATIENCE);
      assertThat(
              run(1, "import", file.toString(), "--pd", pd(), "--acked", acknowledged.toString()))
          .contains(file + ":2: no tab between key and value")
          .contains("3 acknowledged, 0 failed, 0 undetermined, 1 bad line;");
      assertThat(run(0, "scan", "--pd", pd()).lines()).containsExactly("a\t3", "b\t2");
      assertThat(Files.readAllLines(acknowledged)).containsExactlyInAnyOrder("a", "b", "a");

      Path json = directory.resolve("out.jsonl");
      Files.writeString(json, run(0, "scan", "--json", "--pd", pd()));
      run(0, "delete", "a", "--pd", pd());
      run(0, "import", json.toString(), "--pd", pd());
      assertThat(run(0, "scan", "--pd", pd()).lines()).containsExactly("a\t3", "b\t2");
      node.stop();
    }
  }

  @Test
  void theShellReadsLinesFromAPipe() {
    try (TerraneProcess node = start("n1", ports)) {
      node.awaitLine("^ready: ", PATIENCE);
      try (TerraneProcess shell =
          TerraneProcess.start("sh", "--pd", pd())
              .type(
                  "put k 'two words'\nget k\ncas k --absent x\nfoo\nscan --keys\nexit\nget k\n")) {
        assertThat(shell.expectExit(2, PATIENCE).lines())
            .containsExactly(
                "(done)",
                "two words",
                "(not swapped; the key holds:) two words",
                "error: no command 'foo'",
                "'help' lists the commands",
                "k",
                "(1 entry)");
      }
      node.stop();
    }
  }

  private TerraneProcess start(String name, List<Integer> on) {
    return TerraneProcess.start(
        "start",
        "--name",
        name,
        "--dir",
        directory.resolve(name).toString(),
        "--pd-addr",
        "127.0.0.1:" + on.get(0),
        "--addr",
        "127.0.0.1:" + on.get(1),
        "--status-addr",
        "127.0.0.1:" + on.get(2));
  }

  private String pd() {
    return "127.0.0.1:" + ports.getFirst();
  }

  private static String run(int code, String... arguments) {
    try (TerraneProcess process = TerraneProcess.start(arguments)) {
      return process.expectExit(code, PATIENCE);
    }
  }

  private static long playgrounds(Path temporary) throws IOException {
    try (Stream<Path> files = Files.list(temporary)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("terrane-playground"))
          .count();
    }
  }
}
