package dev.terrane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tikv.common.TiConfiguration;
import org.tikv.common.TiSession;
import org.tikv.common.util.ConcreteBackOffer;
import org.tikv.common.util.Pair;
import org.tikv.kvproto.Metapb;
import org.tikv.shade.com.google.protobuf.ByteString;

/**
 * A cluster of three {@code terrane start} processes: the first begins it, the others join. Each
 * node keeps its addresses and its directory when it is started again. Closing kills what runs.
 */
final class ThreeNodes implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration HTTP_PATIENCE = Duration.ofSeconds(5);

  private static final class Node {
    final String name;
    final Path directory;
    final String address;
    final String pdAddress;
    final String statusAddress;
    @Nullable TerraneProcess process;

    Node(String name, Path directory, List<Integer> ports) {
      this.name = name;
      this.directory = directory;
      this.address = "127.0.0.1:" + ports.get(0);
      this.pdAddress = "127.0.0.1:" + ports.get(1);
      this.statusAddress = "127.0.0.1:" + ports.get(2);
    }
  }

  private final List<Node> nodes = new ArrayList<>();

  private ThreeNodes(Path directory) {
    List<Integer> ports = FreePorts.take(9);
    for (int i = 0; i < 3; i++) {
      String name = "n" + (i + 1);
      nodes.add(new Node(name, directory.resolve(name), ports.subList(3 * i, 3 * i + 3)));
    }
  }

  /** Starts all three and waits until every key has three voting replicas. */
  static ThreeNodes start(Path directory) {
    ThreeNodes cluster = new ThreeNodes(directory);
    try {
      for (int node = 0; node < 3; node++) {
        cluster.start(node);
      }
      cluster.awaitThreeVoters();
      return cluster;
    } catch (RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
  }

  /** Starts a node, again or for the first time, and waits until it says that it is ready. */
  void start(int index) {
    begin(index);
    awaitReady(index);
  }

  /** Starts a node without waiting: after a loss of the majority none is ready alone. */
  void begin(int index) {
    Node node = nodes.get(index);
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "start",
                "--name",
                node.name,
                "--dir",
                node.directory.toString(),
                "--addr",
                node.address,
                "--pd-addr",
                node.pdAddress,
                "--status-addr",
                node.statusAddress));
    if (index > 0) {
      arguments.addAll(List.of("--join", nodes.getFirst().pdAddress));
    }
    node.process = TerraneProcess.start(arguments);
  }

  void awaitReady(int index) {
    Node node = nodes.get(index);
    process(index).awaitLine("^ready: ", PATIENCE);
    await("readiness of " + node.name)
        .atMost(PATIENCE)
        .until(() -> httpStatus(node.statusAddress, "/readyz") == 200);
  }

  /** The running process of a node. */
  TerraneProcess process(int index) {
    TerraneProcess process = nodes.get(index).process;
    assertThat(process).as("process of %s", nodes.get(index).name).isNotNull();
    return java.util.Objects.requireNonNull(process);
  }

  Path directory(int index) {
    return nodes.get(index).directory;
  }

  /** All placement drivers, separated by commas, as {@code --pd} takes them. */
  String pd() {
    return String.join(",", nodes.stream().map(node -> node.pdAddress).toList());
  }

  /** A session of the published client. */
  TiSession connect() {
    return TiSession.create(TiConfiguration.createRawDefault(pd()));
  }

  void awaitThreeVoters() {
    try (Session session = new Session(connect())) {
      await("three voters")
          .atMost(PATIENCE)
          .ignoreExceptions()
          .until(() ->
              session.region().first.getPeersList().stream()
                      .filter(peer -> peer.getRole() == Metapb.PeerRole.Voter)
                      .count()
                  == 3);
    }
  }

  /** Which node leads the Region that holds {@code key}. */
  int leader() {
    try (Session session = new Session(connect())) {
      String address = session.leaderAddress();
      for (int index = 0; index < nodes.size(); index++) {
        if (nodes.get(index).address.equals(address)) {
          return index;
        }
      }
      throw new AssertionError("the leader is at " + address + ", where no node of ours is");
    }
  }

  /** What every running process printed. */
  String output() {
    StringBuilder text = new StringBuilder();
    for (Node node : nodes) {
      if (node.process != null) {
        text.append("---- ").append(node.name).append('\n').append(node.process.output());
        text.append('\n');
      }
    }
    return text.toString();
  }

  @Override
  public void close() {
    for (Node node : nodes) {
      if (node.process != null) {
        node.process.close();
      }
    }
  }

  private static int httpStatus(String address, String path) {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://" + address + path))
              .timeout(HTTP_PATIENCE)
              .build();
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      return -1; // not listening yet
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** A session that closes without a checked exception. */
  private record Session(TiSession session) implements AutoCloseable {
    Pair<Metapb.Region, Metapb.Peer> region() {
      return session
          .getPDClient()
          .getRegionByKey(ConcreteBackOffer.newRawKVBackOff(), ByteString.EMPTY);
    }

    String leaderAddress() {
      long storeId = region().second.getStoreId();
      return session
          .getPDClient()
          .getStore(ConcreteBackOffer.newRawKVBackOff(), storeId)
          .getAddress();
    }

    @Override
    public void close() {
      try {
        session.close();
      } catch (Exception e) {
        throw new IllegalStateException("the published client does not close", e);
      }
    }
  }
}
