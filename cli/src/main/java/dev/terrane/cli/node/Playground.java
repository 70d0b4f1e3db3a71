package dev.terrane.cli.node;

import dev.terrane.client.TerraneClient;
import dev.terrane.common.Bytes;
import dev.terrane.server.config.NodeConfig;
import dev.terrane.server.config.NodeConfigBuilder;
import dev.terrane.server.net.HostPort;
import dev.terrane.server.node.Node;
import dev.terrane.server.run.FatalHandler;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A cluster of several nodes in this process, on loopback. The first node begins the cluster, or
 * goes on with the one in its directory; the others join it.
 */
final class Playground implements AutoCloseable {
  private static final long MIB = 1 << 20;
  private static final Duration FIRST_ANSWER_PATIENCE = Duration.ofSeconds(60);

  /**
   * What is to be started.
   *
   * @param pdPort of the first node; 0: any, negative: the default one if it is free
   * @param memoryBytes for all nodes together
   */
  record Plan(
      int nodes, int pdPort, ApiVersionOption apiVersion, Path directory, long memoryBytes) {
    static final long MEMORY_BYTES_DEFAULT = 768 * MIB;
  }

  private final Plan plan;
  private final PlaygroundPorts ports;
  private final List<Node> nodes = new ArrayList<>();

  private Playground(Plan plan, PlaygroundPorts ports) {
    this.plan = plan;
    this.ports = ports;
  }

  /** Starts all nodes; returns once the cluster answers. */
  static Playground start(Plan plan, FatalHandler fatal) throws IOException {
    return start(plan, new PlaygroundPorts(), fatal);
  }

  static Playground start(Plan plan, PlaygroundPorts ports, FatalHandler fatal) throws IOException {
    Playground playground = new Playground(plan, ports);
    try {
      for (int index = 0; index < plan.nodes(); index++) {
        playground.nodes.add(Node.start(playground.config(index), fatal));
      }
      playground.awaitFirstAnswer();
      return playground;
    } catch (IOException | RuntimeException e) {
      playground.close();
      throw e;
    }
  }

  private NodeConfig config(int index) {
    PlaygroundPorts.Addresses addresses = ports.of(index, plan.pdPort());
    NodeConfigBuilder config =
        new NodeConfigBuilder()
            .name("n" + (index + 1))
            .directory(plan.directory().resolve("n" + (index + 1)))
            .pdAddress(addresses.pd())
            .storeAddress(addresses.store())
            .statusAddress(addresses.status())
            .join(index == 0 ? List.of() : List.of(pd()))
            .memoryBytes(plan.memoryBytes() / plan.nodes())
            .diskReserve(false)
            .replicas(plan.nodes() < 3 ? 1 : 3);
    plan.apiVersion().applyTo(config);
    return config.build();
  }

  /** A read is answered only by a leader, so the cluster works once it was. */
  private void awaitFirstAnswer() {
    try (TerraneClient client = client()) {
      Optional<Bytes> _ = client.raw().get(Bytes.EMPTY);
    }
  }

  /** A client of this cluster. */
  TerraneClient client() {
    var builder =
        TerraneClient.builder(pd().toString())
            .requestTimeout(FIRST_ANSWER_PATIENCE)
            .connectTimeout(FIRST_ANSWER_PATIENCE);
    return plan.apiVersion() == ApiVersionOption.V2
        ? builder.apiVersion2("").open()
        : builder.open();
  }

  /** Where the first node's placement driver is found. */
  HostPort pd() {
    return nodes.getFirst().addresses().pd();
  }

  /** Where the nodes serve HTTP. */
  List<HostPort> statusAddresses() {
    return nodes.stream().map(node -> node.addresses().status()).toList();
  }

  /** Default ports that somebody else listens on, so that others are used. */
  List<Integer> takenPorts() {
    return ports.taken();
  }

  /** Ends all nodes, the last one first. Nothing is handed over: all of them go. */
  @Override
  public void close() {
    for (Node node : nodes.reversed()) {
      node.close();
    }
  }
}
