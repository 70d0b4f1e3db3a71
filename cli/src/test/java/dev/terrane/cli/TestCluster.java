package dev.terrane.cli;

import dev.terrane.server.config.NodeConfig;
import dev.terrane.server.config.NodeConfigBuilder;
import dev.terrane.server.config.Role;
import dev.terrane.server.net.HostPort;
import dev.terrane.server.node.Node;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** Nodes in this process, on ports of their own, and commands that are given to them. */
final class TestCluster implements AutoCloseable {
  private static final HostPort ANY_PORT = new HostPort("127.0.0.1", 0);

  private final Path directory;
  private final List<Node> nodes = new ArrayList<>();

  TestCluster(Path directory) {
    this.directory = directory;
  }

  /** What a command left behind. */
  record Result(int exit, String out, String err) {}

  Node start(String name, Set<Role> roles, List<HostPort> join) throws IOException {
    return start(
        new NodeConfigBuilder()
            .name(name)
            .directory(directory.resolve(name))
            .roles(roles)
            .join(join)
            .pdAddress(ANY_PORT)
            .storeAddress(ANY_PORT)
            .statusAddress(ANY_PORT)
            .memoryBytes(128L << 20)
            .build());
  }

  /** The same node again, at the same addresses. */
  Node startAgain(Node stopped) throws IOException {
    NodeConfig before = stopped.config();
    var where = stopped.addresses();
    NodeConfigBuilder again =
        new NodeConfigBuilder()
            .name(before.name())
            .directory(before.directory())
            .roles(before.roles())
            .join(before.join())
            .statusAddress(where.status())
            .memoryBytes(128L << 20);
    if (before.isPd()) {
      again.pdAddress(where.pd());
    }
    if (before.isStore()) {
      again.storeAddress(where.store());
    }
    return start(again.build());
  }

  private Node start(NodeConfig config) throws IOException {
    Node node =
        Node.start(
            config,
            (where, failure) -> {
              throw new AssertionError(where, failure);
            });
    nodes.add(node);
    return node;
  }

  /** Where PD was when the first node was started. */
  String pd() {
    return String.valueOf(nodes.getFirst().addresses().pd());
  }

  static long storeIdOf(Node node) {
    return Objects.requireNonNull(node.storeStatus()).storeId();
  }

  /** Gives a command, with where PD is. */
  Result run(String... command) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    return new Result(run(out, err, command), out.toString(), err.toString());
  }

  /** The same, for whoever reads what it says meanwhile. */
  int run(StringWriter out, StringWriter err, String... command) {
    String[] all =
        Stream.concat(Stream.of(command), Stream.of("--pd", pd())).toArray(String[]::new);
    return TerraneCommand.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all);
  }

  @Override
  public void close() {
    nodes.reversed().forEach(Node::close);
  }
}
