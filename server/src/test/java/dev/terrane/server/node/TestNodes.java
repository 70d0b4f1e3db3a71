package dev.terrane.server.node;

import dev.terrane.server.config.NodeConfig;
import dev.terrane.server.config.NodeConfigBuilder;
import dev.terrane.server.net.HostPort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;

/** Nodes on loopback with ports of their own, closed together; what broke in them is kept. */
final class TestNodes implements AutoCloseable {
  static final HostPort ANY_PORT = new HostPort("127.0.0.1", 0);

  private final Path directory;
  private final List<Node> nodes = new ArrayList<>();
  private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());

  TestNodes(Path directory) {
    this.directory = directory;
  }

  /** Ports chosen by the system, replication of one. */
  NodeConfig config(String name, UnaryOperator<NodeConfigBuilder> change) {
    return change
        .apply(
            new NodeConfigBuilder()
                .name(name)
                .directory(directory.resolve(name))
                .pdAddress(ANY_PORT)
                .storeAddress(ANY_PORT)
                .statusAddress(ANY_PORT)
                .memoryBytes(128L << 20))
        .build();
  }

  Node start(NodeConfig config) throws IOException {
    Node node = Node.start(config, (where, failure) -> failures.add(failure));
    nodes.add(node);
    return node;
  }

  Node start(String name) throws IOException {
    return start(config(name, config -> config));
  }

  Node join(String name, Node member) throws IOException {
    return start(config(name, config -> config.join(List.of(member.addresses().pd()))));
  }

  /** What a node's {@code /readyz} says: the status and the text. */
  static String readiness(Node node) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + node.addresses().status() + "/readyz"))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() + " " + answer.body().strip();
    }
  }

  /** What stopped a node, which nothing should. */
  List<Throwable> failures() {
    return List.copyOf(failures);
  }

  @Override
  public void close() {
    nodes.forEach(Node::close);
  }
}
