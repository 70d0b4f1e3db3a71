package dev.terrane.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.terrane.client.TerraneClient;
import dev.terrane.common.Bytes;
import dev.terrane.server.config.ConfigException;
import dev.terrane.server.config.NodeConfig;
import dev.terrane.server.config.NodeConfigBuilder;
import dev.terrane.server.config.Role;
import dev.terrane.server.net.AddressInUseException;
import dev.terrane.server.net.HostPort;
import dev.terrane.store.StoreStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SingleNodeTest {
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

  static TerraneClient client(Node node) {
    return TerraneClient.builder(node.addresses().pd().toString()).open();
  }

  private static StoreStatus storeOf(Node node) {
    return Objects.requireNonNull(node.storeStatus(), "the node has no store");
  }

  @Test
  void keepsWhatWasPutAcrossRestartsAndAnotherPort() throws IOException {
    Bytes key = Bytes.ofUtf8("key");
    long clusterId;
    long storeId;
    Node first = nodes.start("a");
    try (TerraneClient client = client(first)) {
      client.raw().put(key, Bytes.ofUtf8("value"));
      assertThat(client.raw().get(key)).contains(Bytes.ofUtf8("value"));
    }
    clusterId = storeOf(first).clusterId();
    storeId = storeOf(first).storeId();
    first.stop();

    Node second = nodes.start("a");
    assertThat(storeOf(second).clusterId()).isEqualTo(clusterId);
    assertThat(storeOf(second).storeId()).isEqualTo(storeId);
    try (TerraneClient client = client(second)) {
      assertThat(client.raw().get(key)).contains(Bytes.ofUtf8("value"));
      client.raw().delete(key);
    }
    second.close(); // without a drain

    Node third = nodes.start("a");
    try (TerraneClient client = client(third)) {
      assertThat(client.raw().get(key)).isEqualTo(Optional.empty());
    }
  }

  @Test
  void aPlacementDriverWithoutStoreIsReadyOnceItLeads() throws IOException {
    Node pd = nodes.start(nodes.config("p", config -> config.roles(Set.of(Role.PD))));

    await().until(() -> TestNodes.readiness(pd).equals("200 ok"));

    assertThat(pd.storeStatus()).isNull();
  }

  /** An address where nobody listens, or somebody else, is worse than none. */
  @Test
  void aPlacementDriverAndAStoreApartServeAndNameOnlyWhatTheyAre() throws Exception {
    Node pd = nodes.start(nodes.config("p", config -> apart(config, Role.PD)));
    Node store =
        nodes.start(
            nodes.config(
                "s", config -> apart(config, Role.STORE).join(List.of(pd.addresses().pd()))));

    assertThat(pd.addresses().byPart()).containsOnlyKeys("pd", "status");
    assertThat(store.addresses().byPart()).containsOnlyKeys("store", "status");
    Bytes key = Bytes.ofUtf8("k");
    try (TerraneClient client = client(pd)) {
      client.raw().put(key, key);
      assertThat(client.raw().get(key)).contains(key);
    }
  }

  /** Settings of all parts are given, as they have defaults. */
  private static NodeConfigBuilder apart(NodeConfigBuilder config, Role role) {
    NodeConfigBuilder built = config.roles(Set.of(role));
    return role == Role.PD
        ? built.storeAddress(new HostPort("127.0.0.1", 20160))
        : built.pdAddress(new HostPort("127.0.0.1", 2379));
  }

  @Test
  void refusesWhatItCannotBeStartedWith() throws IOException {
    Node running = nodes.start("a");
    NodeConfig sameDirectory = nodes.config("a", config -> config);
    assertThatThrownBy(() -> nodes.start(sameDirectory))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("in use by another node");

    NodeConfig samePort = nodes.config("b", config -> config.pdAddress(running.addresses().pd()));
    assertThatThrownBy(() -> nodes.start(samePort))
        .isInstanceOf(AddressInUseException.class)
        .hasMessageContaining("port " + running.addresses().pd().port())
        .hasMessageContaining("PD address");
    NodeConfig sameStatusPort =
        nodes.config("b", config -> config.statusAddress(running.addresses().status()));
    assertThatThrownBy(() -> nodes.start(sameStatusPort))
        .isInstanceOf(AddressInUseException.class)
        .hasMessageContaining("status address");

    running.stop();
    NodeConfig otherVersion = nodes.config("a", config -> config.apiVersion(2));
    assertThatThrownBy(() -> nodes.start(otherVersion))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("stores keys for api version V1, not V2");

    Path ident = directory.resolve("a").resolve("ident");
    Files.writeString(ident, Files.readString(ident).replace("format=1", "format=9"));
    assertThatThrownBy(() -> nodes.start("a"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("format 9");
  }

  /** It has stored nothing yet, by no api version. */
  @Test
  void aStartThatWasRefusedDecidesNothingForTheNext() throws IOException {
    Node other = nodes.start("other");
    NodeConfig taken =
        nodes.config("a", config -> config.statusAddress(other.addresses().status()));
    assertThatThrownBy(() -> nodes.start(taken)).isInstanceOf(AddressInUseException.class);
    Node node = nodes.start(nodes.config("a", config -> config.apiVersion(2)));
    node.close();
    assertThatThrownBy(() -> nodes.start("a"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("stores keys for api version V2, not V1");
  }

  @Test
  void refusesToJoinAnotherClusterWithItsDirectory() throws IOException {
    Node other = nodes.start("other");
    Node mine = nodes.start("mine");
    mine.stop();
    NodeConfig joining =
        nodes.config("mine", config -> config.join(List.of(other.addresses().pd())));
    assertThatThrownBy(() -> nodes.start(joining))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("belongs to cluster");
  }

  @Test
  void addressesThatDoNotResolveAreNamed() {
    HostPort nowhere = new HostPort("nowhere.invalid", 2379);
    List<NodeConfig> settings =
        List.of(
            nodes.config("pd", config -> config.pdAddress(nowhere)),
            nodes.config("store", config -> config.storeAddress(nowhere)),
            nodes.config("status", config -> config.statusAddress(nowhere)));
    for (NodeConfig setting : settings) {
      assertThatThrownBy(() -> nodes.start(setting))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("nowhere.invalid")
          .message()
          .containsIgnoringCase("(" + setting.name() + " address)")
          .contains("does not resolve");
    }
  }

  /**
   * Names may come later, as those of a cluster that is being set up: it waits, and says for whom.
   */
  @Test
  void whoeverDoesNotAnswerIsNamedWhileANodeWaitsToJoin() throws Exception {
    HostPort nowhere = new HostPort("nowhere.invalid", 2379);
    HostPort closed = new HostPort("127.0.0.1", 1);
    NodeConfig joining = nodes.config("late", config -> config.join(List.of(nowhere, closed)));
    try (LogLines log = LogLines.open();
        ExecutorService starting = Executors.newSingleThreadExecutor()) {
      var _ = starting.submit(() -> nodes.start(joining));
      await()
          .untilAsserted(() ->
              assertThat(log.all())
                  .anySatisfy(line ->
                      assertThat(line)
                          .contains("PD does not answer yet")
                          .contains("nowhere.invalid:2379", "127.0.0.1:1")
                          .contains("refused")));
      starting.shutdownNow();
    }
  }
}
