package dev.terrane.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.terrane.client.TerraneClient;
import dev.terrane.common.Bytes;
import dev.terrane.common.region.PeerRole;
import dev.terrane.store.StoreStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThreeNodesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(40);

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

  @Test
  void oneGrowsToThreeOnlineAndSurvivesTheLossOfItsLeader() throws IOException {
    Node first = nodes.start("a");
    try (TerraneClient client = client(List.of(first))) {
      for (int i = 0; i < 100; i++) {
        client.raw().put(key(i), value(i));
      }
    }
    Node second = nodes.join("b", first);
    Node third = nodes.join("c", first);
    List<Node> all = List.of(first, second, third);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(all).allSatisfy(ThreeNodesTest::hasThreeVoters));
    try (TerraneClient client = client(all)) {
      for (int i = 0; i < 100; i++) {
        assertThat(client.raw().get(key(i))).contains(value(i));
      }
      client.raw().put(key(100), value(100));

      Node leader = leader(all);
      leader.close();
      await()
          .atMost(PATIENCE)
          .ignoreExceptions()
          .untilAsserted(() -> {
            client.raw().put(key(101), value(101));
            assertThat(client.raw().get(key(100))).contains(value(100));
          });
      for (int i = 0; i < 102; i++) {
        assertThat(client.raw().get(key(i))).contains(value(i));
      }

      Node again = nodes.start(leader.config());
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(caughtUp(again, leader(othersOf(all, leader)))).isTrue());
    }
  }

  @Test
  void threeThatStopTogetherAllEndSoon() throws Exception {
    Node first = nodes.start("a");
    List<Node> all = List.of(first, nodes.join("b", first), nodes.join("c", first));
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(all).allSatisfy(ThreeNodesTest::hasThreeVoters));
    try (ExecutorService stopping = Executors.newFixedThreadPool(3)) {
      long start = System.nanoTime();
      List<Future<?>> ends = new ArrayList<>();
      for (Node node : all) {
        ends.add(stopping.submit(node::stop));
      }
      for (Future<?> end : ends) {
        end.get(60, TimeUnit.SECONDS);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(12));
    }
    assertThat(all).allSatisfy(node -> assertThat(node.isClosed()).isTrue());
  }

  private static TerraneClient client(List<Node> members) {
    return TerraneClient.builder(
            members.stream().map(node -> node.addresses().pd().toString()).toArray(String[]::new))
        .open();
  }

  private static List<Node> othersOf(List<Node> all, Node one) {
    return all.stream().filter(node -> !node.equals(one)).toList();
  }

  private static boolean caughtUp(Node follower, Node leader) {
    return region(follower).applied() >= region(leader).applied();
  }

  private static void hasThreeVoters(Node node) {
    assertThat(Objects.requireNonNull(region(node).region()).peers())
        .hasSize(3)
        .allSatisfy(peer -> assertThat(peer.role()).isEqualTo(PeerRole.VOTER));
  }

  private static StoreStatus.RegionStatus region(Node node) {
    List<StoreStatus.RegionStatus> regions =
        Objects.requireNonNull(node.storeStatus(), "the node has no store").regions();
    assertThat(regions).hasSize(1);
    assertThat(regions.getFirst().region()).isNotNull();
    return regions.getFirst();
  }

  private static Node leader(List<Node> running) {
    return await()
        .atMost(PATIENCE)
        .until(
            () -> running.stream().filter(node -> region(node).leads()).findFirst(),
            java.util.Optional::isPresent)
        .orElseThrow();
  }

  private static Bytes key(int number) {
    return Bytes.ofUtf8("key-%03d".formatted(number));
  }

  private static Bytes value(int number) {
    return Bytes.ofUtf8("value-" + number);
  }
}
