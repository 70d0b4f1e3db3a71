package dev.terrane.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.client.TerraneClient;
import dev.terrane.common.Bytes;
import dev.terrane.engine.EngineException;
import dev.terrane.server.config.ConfigException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A data directory from which a part is missing: the node does not start and changes nothing, and
 * with the part put back everything is there.
 */
class IncompleteDirectoryTest {
  private static final int KEYS = 40;

  @TempDir private Path parent;
  private Path directory;
  private TestNodes nodes;

  @BeforeEach
  void fill() throws IOException {
    nodes = new TestNodes(parent);
    directory = parent.resolve("a");
    Node node = nodes.start("a");
    try (TerraneClient client = SingleNodeTest.client(node)) {
      for (int i = 0; i < KEYS; i++) {
        // More than one segment of the log, and some tables.
        client.raw().put(key(i), Bytes.wrap(new byte[1 << 20]));
        if (i % 10 == 0) {
          Objects.requireNonNull(node.storePart()).engine().flush();
        }
      }
    }
    node.stop();
  }

  @AfterEach
  void close() {
    nodes.close();
    assertThat(nodes.failures()).isEmpty();
  }

  private static Bytes key(int number) {
    return Bytes.ofUtf8("key" + number);
  }

  /** Hashed: what differs would be long. */
  private Map<String, String> content() throws IOException {
    Map<String, String> content = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      files.forEach(file -> content.put(file.toString(), fingerprint(file)));
    }
    return content;
  }

  private static String fingerprint(Path file) {
    try {
      return Files.isDirectory(file)
          ? "directory"
          : Files.size(file) + "/" + Arrays.hashCode(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Path> matching(String part, String pattern) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve(part))) {
      return files.filter(file -> file.getFileName().toString().matches(pattern)).sorted().toList();
    }
  }

  private List<Path> parts() throws IOException {
    List<Path> parts = new ArrayList<>();
    parts.add(directory.resolve("ident"));
    parts.add(directory.resolve("kv"));
    parts.add(directory.resolve("raft"));
    parts.addAll(matching("kv", "CURRENT|MANIFEST-\\d+|\\d+\\.sst"));
    List<Path> segments = matching("raft", "\\d+\\.raftlog");
    String range = matching("raft", ".*\\.segments").getFirst().getFileName().toString();
    for (Path segment : segments) {
      // One that was made ahead, and never written to, is none that anybody needs.
      if (segment.getFileName().toString().substring(0, 10).compareTo(range.substring(11, 21))
          <= 0) {
        parts.add(segment);
      }
    }
    return parts;
  }

  @Test
  void whateverIsMissingIsNamedAndTheRestIsLeftAsItIs() throws IOException {
    List<Path> parts = parts();
    assertThat(parts).as("some tables and more than one segment").hasSizeGreaterThan(8);
    Path elsewhere = parent.resolve("elsewhere");
    for (Path part : parts) {
      Files.move(part, elsewhere);
      Map<String, String> before = content();

      assertThatThrownBy(() -> nodes.start("a"))
          .as("without " + part)
          .isInstanceOfAny(ConfigException.class, EngineException.class)
          .hasMessageContaining(part.getFileName().toString());

      assertThat(content()).as("without " + part).isEqualTo(before);
      Files.move(elsewhere, part);
    }
    Node node = nodes.start("a");
    try (TerraneClient client = SingleNodeTest.client(node)) {
      for (int i = 0; i < KEYS; i++) {
        assertThat(client.raw().get(key(i))).isPresent();
      }
    }
  }

  /** Where the name of all tables is gone and the log too, all tables were deleted once. */
  @Test
  void twoPartsThatAreMissingTogetherHarmTheRestNoMore() throws IOException {
    Path current = directory.resolve("kv").resolve("CURRENT");
    Path raft = directory.resolve("raft");
    Files.move(current, parent.resolve("CURRENT"));
    Files.move(raft, parent.resolve("raft"));
    Map<String, String> before = content();

    assertThatThrownBy(() -> nodes.start("a")).hasMessageContaining("CURRENT");

    assertThat(content()).isEqualTo(before);
    Files.move(parent.resolve("CURRENT"), current);
    Files.move(parent.resolve("raft"), raft);
    Node node = nodes.start("a");
    try (TerraneClient client = SingleNodeTest.client(node)) {
      assertThat(client.raw().get(key(KEYS - 1))).isPresent();
    }
  }
}
