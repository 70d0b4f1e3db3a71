package dev.terrane.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.server.config.NodeConfigBuilder;
import dev.terrane.server.config.Role;
import dev.terrane.server.net.HostPort;
import dev.terrane.server.node.Node;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ctl store remove} and {@code keep} against nodes in this process. */
class CtlStoreTest {
  private static final HostPort ANY_PORT = new HostPort("127.0.0.1", 0);

  @TempDir private Path directory;
  private final List<Node> nodes = new ArrayList<>();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @AfterEach
  void close() {
    nodes.reversed().forEach(Node::close);
  }

  private Node start(String name, Set<Role> roles, List<HostPort> join) throws IOException {
    Node node =
        Node.start(
            new NodeConfigBuilder()
                .name(name)
                .directory(directory.resolve(name))
                .roles(roles)
                .join(join)
                .pdAddress(ANY_PORT)
                .storeAddress(ANY_PORT)
                .statusAddress(ANY_PORT)
                .memoryBytes(128L << 20)
                .build(),
            (where, failure) -> {
              throw new AssertionError(where, failure);
            });
    nodes.add(node);
    return node;
  }

  private int ctl(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    String[] all =
        Stream.of(
                Stream.of("ctl"),
                Arrays.stream(arguments),
                Stream.of("--pd", String.valueOf(nodes.getFirst().addresses().pd())))
            .flatMap(part -> part)
            .toArray(String[]::new);
    return TerraneCommand.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all);
  }

  private String stores() {
    assertThat(ctl("stores")).isEqualTo(ExitCode.DONE);
    return out.toString();
  }

  private static void await(BooleanSupplier condition) {
    long endNanos = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - endNanos).as("time left").isNegative();
      Thread.onSpinWait();
    }
  }

  private static long idOf(Node node) {
    return Objects.requireNonNull(node.storeStatus()).storeId();
  }

  @Test
  void aStoreIsRemovedOnceItsReplicasAreElsewhereAndMayBeKeptBefore() throws IOException {
    Node first = start("a", Set.of(Role.PD, Role.STORE), List.of());
    long firstId = idOf(first);
    assertThat(ctl("store", "remove", String.valueOf(firstId))).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString())
        .contains("0 other stores are up", "Add a store first", "(--destroyed)");

    Node second = start("b", Set.of(Role.STORE), List.of(first.addresses().pd()));
    String id = String.valueOf(idOf(second));
    await(() -> stores().lines().filter(line -> line.contains(" Up ")).count() == 2);
    assertThat(ctl("store", "remove", id, "--destroyed")).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString()).contains("was heard of", "Stop it first");

    assertThat(ctl("store", "remove", id, "--dry-run")).isEqualTo(ExitCode.DONE);
    assertThat(out.toString()).contains("nothing is done yet", "is to be removed");
    assertThat(ctl("store", "keep", id)).isEqualTo(ExitCode.DONE);
    assertThat(out.toString()).contains("store " + id + " stays");

    String address = String.valueOf(second.addresses().store());
    assertThat(ctl("store", "remove", id)).isEqualTo(ExitCode.DONE);
    assertThat(out.toString()).contains("store " + id, "moved to other stores");
    await(() -> stores().lines().noneMatch(line -> line.contains(address)));
    assertThat(ctl("store", "keep", id)).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString()).contains("removed for good");
  }

  @Test
  void whatMakesNoSenseIsRefused() throws IOException {
    start("a", Set.of(Role.PD, Role.STORE), List.of());
    assertThat(ctl("store", "remove", "x")).isEqualTo(ExitCode.USAGE);
    assertThat(ctl("store", "remove", "1", "--accept-data-loss")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("only for a store that is --destroyed");
    assertThat(ctl("store", "remove", "99")).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString()).contains("invalid store ID 99");
  }
}
