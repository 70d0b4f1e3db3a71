package dev.terrane.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.client.TerraneClient;
import dev.terrane.common.Bytes;
import dev.terrane.server.config.ConfigException;
import dev.terrane.server.config.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data directories that have lost a part, were copied, or are older than what others know. */
class DirectoryLossTest {
  private static final Bytes KEY = Bytes.ofUtf8("key");

  @TempDir private Path directory;
  private TestNodes nodes;

  @BeforeEach
  void open() {
    nodes = new TestNodes(directory);
  }

  @AfterEach
  void close() {
    nodes.close();
    assertThat(nodes.failures()).isEmpty();
  }

  private void put(Node node) {
    try (TerraneClient client = SingleNodeTest.client(node)) {
      client.raw().put(KEY, Bytes.ofUtf8("value"));
    }
  }

  private void expectValue(Node node) {
    try (TerraneClient client = SingleNodeTest.client(node)) {
      assertThat(client.raw().get(KEY)).contains(Bytes.ofUtf8("value"));
    }
  }

  @Test
  void withoutItsPlacementDriverANodeFoundsNoSecondCluster() throws IOException {
    String part = "pd";
    Node node = nodes.start("a");
    put(node);
    node.stop();
    Path home = directory.resolve("a");
    Path aside = directory.resolve("aside");
    Files.move(home.resolve(part), aside);
    List<String> before = listing(home);

    assertThatThrownBy(() -> nodes.start("a"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(part)
        .hasMessageContaining("Nothing was changed");

    assertThat(listing(home)).isEqualTo(before);
    Files.move(aside, home.resolve(part));
    expectValue(nodes.start("a"));
  }

  @Test
  void aPlacementDriverWithoutStoreFoundsNoSecondClusterEither() throws IOException {
    var pdOnly = nodes.config("p", config -> config.roles(Set.of(Role.PD)));
    nodes.start(pdOnly).stop();
    delete(directory.resolve("p").resolve("pd"));

    assertThatThrownBy(() -> nodes.start(pdOnly))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("is gone");
  }

  @Test
  void whatTheRolesLeaveOutOfADirectoryIsTold() throws IOException {
    nodes.start("a").stop();
    for (Role left : Role.values()) {
      var config = nodes.config("a", each -> each.roles(Set.of(left)));
      try (DataDirectory opened = DataDirectory.open(config.directory(), config.apiVersion())) {
        assertThat(DirectoryParts.leftOut(opened, config))
            .singleElement()
            .asString()
            .contains(left == Role.STORE ? "'terrane ctl members'" : "'terrane ctl stores'");
      }
    }
    var both = nodes.config("a", each -> each);
    try (DataDirectory opened = DataDirectory.open(both.directory(), both.apiVersion())) {
      assertThat(DirectoryParts.leftOut(opened, both)).isEmpty();
    }
  }

  @Test
  void anotherClustersPlacementDriverIsRefused() throws IOException {
    nodes.start("a").stop();
    nodes.start("b").stop();
    Path mine = directory.resolve("a").resolve("pd");
    delete(mine);
    copy(directory.resolve("b").resolve("pd"), mine);

    assertThatThrownBy(() -> nodes.start("a"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("belongs to cluster");
  }

  @Test
  void aCopyIsRefusedWhileTheOriginalAnswersWhichNoticesNothing() throws IOException {
    Node original = nodes.start("a");
    put(original);
    copy(directory.resolve("a"), directory.resolve("copy"));

    assertThatThrownBy(() -> nodes.start("copy"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("answers at " + original.addresses().pd())
        .hasMessageContaining("copy");

    expectValue(original);
    put(original);
  }

  @Test
  void aCopyOfAStoreIsRefusedWhileTheOriginalAnswers() throws IOException {
    Node pd = nodes.start(nodes.config("p", config -> config.roles(Set.of(Role.PD))));
    Node original = nodes.start(storeOnly("s", pd));
    put(pd);
    copy(directory.resolve("s"), directory.resolve("copy"));

    assertThatThrownBy(() -> nodes.start(storeOnly("copy", pd)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("answers at " + original.addresses().store())
        .hasMessageContaining("directory is a copy");

    expectValue(pd);
    original.stop();
    Node moved = nodes.start(storeOnly("copy", pd));
    assertThat(moved.storeStatus()).isNotNull();
    expectValue(pd);
  }

  @Test
  void anOlderCopyOfAStoreThatIsPutBackIsRefused() throws IOException {
    Node pd = nodes.start(nodes.config("p", config -> config.roles(Set.of(Role.PD))));
    nodes.start(storeOnly("s", pd)).stop();
    copy(directory.resolve("s"), directory.resolve("older"));
    Node later = nodes.start(storeOnly("s", pd));
    put(pd); // so that PD has heard of this start
    later.stop();

    assertThatThrownBy(() -> nodes.start(storeOnly("older", pd)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("older copy of it was put back");

    nodes.start(storeOnly("s", pd));
    expectValue(pd);
  }

  @Test
  void whereNobodyCanBeAskedTheLogSaysWhatTheDirectoryMayBeAndWhatToDo() throws IOException {
    Node pd = nodes.start(nodes.config("p", config -> config.roles(Set.of(Role.PD))));
    var config = storeOnly("s", pd);
    nodes.start(config).stop();
    pd.stop();

    try (LogLines log = LogLines.open()) {
      nodes.start(config);
      assertThat(log.all())
          .anySatisfy(line ->
              assertThat(line)
                  .startsWith("WARN")
                  .contains("starts from a directory that knows of 1 starts")
                  .contains("put back from a copy, stop this node now")
                  .contains("start with an empty directory, as a new store"));
    }
  }

  private dev.terrane.server.config.NodeConfig storeOnly(String name, Node pd) {
    return nodes.config(
        name, config -> config.roles(Set.of(Role.STORE)).join(List.of(pd.addresses().pd())));
  }

  @Test
  void nobodyElseReadsWhatIsStored() throws IOException {
    nodes.start("a");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("a"))))
        .isEqualTo("rwx------");
    Path made = Files.createDirectory(directory.resolve("made"));
    Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxr-xr-x"));
    nodes.start("made");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
        .isEqualTo("rwx------");
  }

  /** Every file with its size and when it was changed. */
  private static List<String> listing(Path home) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> all = Files.walk(home)) {
      for (Path file : all.sorted().toList()) {
        lines.add(
            Files.isDirectory(file)
                ? file.toString()
                : file + " " + Files.size(file) + " " + Files.getLastModifiedTime(file));
      }
    }
    return lines;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path file : all.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }
}
