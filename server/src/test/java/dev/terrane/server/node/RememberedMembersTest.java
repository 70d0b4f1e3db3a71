package dev.terrane.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.terrane.client.TerraneClient;
import dev.terrane.common.Bytes;
import dev.terrane.proto.pdpb.GetMembersRequest;
import dev.terrane.proto.pdpb.PDGrpc;
import dev.terrane.proto.pdpb.RequestHeader;
import dev.terrane.proto.terranepd.ChangeRulesRequest;
import dev.terrane.proto.terranepd.ListMembersRequest;
import dev.terrane.proto.terranepd.PdInternalGrpc;
import dev.terrane.proto.terranepd.RulesChange;
import dev.terrane.server.config.ConfigException;
import dev.terrane.server.config.NodeConfig;
import dev.terrane.server.config.Role;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that are no members of PD find it again without being told where it is. */
class RememberedMembersTest {
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

  private NodeConfig node(String name, Set<Role> roles, List<Node> join) {
    return nodes.config(
        name,
        config ->
            config.roles(roles).join(join.stream().map(other -> other.addresses().pd()).toList()));
  }

  @Test
  void aStoreAloneFindsItsPlacementDriverAgain() throws IOException {
    Node pd = nodes.start(node("p", Set.of(Role.PD), List.of()));
    Node store = nodes.start(node("s", Set.of(Role.STORE), List.of(pd)));
    await().until(() -> store.config().directory().resolve("ident").toFile().length() > 0);
    put(pd);
    store.stop();

    nodes.start(node("s", Set.of(Role.STORE), List.of()));
    try (TerraneClient client = TerraneClient.connect(pd.addresses().pd().toString())) {
      assertThat(client.raw().get(KEY)).contains(Bytes.ofUtf8("value"));
    }
    put(pd);
  }

  @Test
  void aNewStoreMustBeTold() {
    assertThatThrownBy(() -> nodes.start(node("s", Set.of(Role.STORE), List.of())))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("a store without PD needs PD's addresses");
  }

  @Test
  void aNodeThatStandsByStandsByAgain() throws IOException {
    Node first = nodes.start("a");
    ManagedChannel channel =
        NettyChannelBuilder.forTarget(first.addresses().pd().toString()).usePlaintext().build();
    try {
      long clusterId =
          PDGrpc.newBlockingStub(channel)
              .getMembers(GetMembersRequest.getDefaultInstance())
              .getHeader()
              .getClusterId();
      var internal = PdInternalGrpc.newBlockingStub(channel);
      assertThat(
              internal
                  .changeRules(
                      ChangeRulesRequest.newBuilder()
                          .setHeader(RequestHeader.newBuilder().setClusterId(clusterId))
                          .setChange(RulesChange.newBuilder().setPdVotersMax(1))
                          .build())
                  .getHeader()
                  .hasError())
          .isFalse();
      Node second = nodes.join("b", first);
      second.stop();

      Node again = nodes.start("b"); // nobody says --join
      assertThat(again.storeStatus()).isNotNull();
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> {
            var answer = internal.listMembers(ListMembersRequest.getDefaultInstance());
            assertThat(answer.getMembersCount()).isEqualTo(1);
            assertThat(answer.getStandbysList())
                .extracting(standby -> standby.getMember().getPeerUrls(0))
                .contains(again.addresses().pd().url());
          });
    } finally {
      channel.shutdownNow();
    }
  }

  private static void put(Node pd) {
    try (TerraneClient client = TerraneClient.connect(pd.addresses().pd().toString())) {
      client.raw().put(KEY, Bytes.ofUtf8("value"));
    }
  }
}
