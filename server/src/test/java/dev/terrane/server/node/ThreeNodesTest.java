package dev.terrane.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.terrane.client.TerraneClient;
import dev.terrane.common.Bytes;
import dev.terrane.common.region.PeerRole;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.kvrpcpb.KvPair;
import dev.terrane.proto.kvrpcpb.RawBatchPutRequest;
import dev.terrane.proto.kvrpcpb.RawBatchPutResponse;
import dev.terrane.proto.kvrpcpb.UnsafeDestroyRangeRequest;
import dev.terrane.proto.pdpb.GetMembersRequest;
import dev.terrane.proto.pdpb.GetMembersResponse;
import dev.terrane.proto.terranepd.ListMembersRequest;
import dev.terrane.proto.terranepd.ListMembersResponse;
import dev.terrane.proto.terranepd.MemberStatus;
import dev.terrane.proto.tikvpb.TikvGrpc;
import dev.terrane.server.net.HostPort;
import dev.terrane.store.StoreStatus;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
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
      await().atMost(PATIENCE).until(() -> TestNodes.readiness(again).equals("200 ok"));
      othersOf(all, leader).forEach(Node::close);
      await().atMost(PATIENCE).until(() -> TestNodes.readiness(again).contains("no known leader"));
    }
  }

  /** Nodes of little memory: what waits for another store is bounded by less than one value. */
  @Test
  void theLargestValuesAreReplicated() throws IOException {
    Node first = nodes.start("a");
    List<Node> all = List.of(first, nodes.join("b", first), nodes.join("c", first));
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(all).allSatisfy(ThreeNodesTest::hasThreeVoters));
    Bytes largest = Bytes.wrap(new byte[8 << 20]);
    try (TerraneClient client = client(all)) {
      client.raw().put(key(0), largest);
      client.raw().put(key(1), value(1));
      assertThat(client.raw().get(key(0)).map(Bytes::length)).contains(largest.length());
      assertThat(putTogether(leader(all), List.of(key(2), key(3), key(4)), largest))
          .isEqualTo(RawBatchPutResponse.getDefaultInstance());
      assertThat(client.raw().get(key(4)).map(Bytes::length)).contains(largest.length());
      await()
          .atMost(PATIENCE)
          .until(() -> all.stream().allMatch(node -> caughtUp(node, leader(all))));
    }
  }

  /** As the Go and Rust clients ask for it: every store at the same time. */
  @Test
  void aRangeIsDestroyedByAskingAllThreeAndStaysWritable() throws Exception {
    Node first = nodes.start("a");
    List<Node> all = List.of(first, nodes.join("b", first), nodes.join("c", first));
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(all).allSatisfy(ThreeNodesTest::hasThreeVoters));
    try (TerraneClient client = client(all);
        ExecutorService asking = Executors.newFixedThreadPool(3)) {
      for (int i = 0; i < 10; i++) {
        client.raw().put(key(i), value(i));
      }
      for (int round = 0; round < 3; round++) {
        List<Future<String>> errors = new ArrayList<>();
        for (Node node : all) {
          errors.add(asking.submit(() -> destroy(node, key(2), key(7))));
        }
        for (Future<String> error : errors) {
          assertThat(error.get(30, TimeUnit.SECONDS)).isEmpty();
        }
        for (int i = 0; i < 10; i++) {
          assertThat(client.raw().get(key(i)).isPresent()).isEqualTo(i < 2 || i >= 7);
        }
        client.raw().put(key(2 + round), value(0));
        assertThat(client.raw().get(key(2 + round))).contains(value(0));
      }
      Node follower = othersOf(all, leader(all)).getFirst();
      assertThat(destroy(follower, key(0), key(9)))
          .as("alone, a store that does not lead cannot")
          .contains("may still hold keys of the range")
          .contains("ask every store again");
      assertThat(client.raw().get(key(0))).contains(value(0));
    }
  }

  /** In one call, which is one entry of the log. */
  private static RawBatchPutResponse putTogether(Node leader, List<Bytes> keys, Bytes value) {
    try (NodeClient client = new NodeClient(leader)) {
      RawBatchPutRequest.Builder request =
          RawBatchPutRequest.newBuilder().setContext(client.context());
      for (Bytes key : keys) {
        request.addPairs(
            KvPair.newBuilder()
                .setKey(ProtoBytes.toByteString(key))
                .setValue(ProtoBytes.toByteString(value)));
      }
      return client.tikv().rawBatchPut(request.build());
    }
  }

  private static String destroy(Node node, Bytes start, Bytes end) {
    HostPort address = node.addresses().store();
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(address.host(), address.port()).usePlaintext().build();
    try {
      return TikvGrpc.newBlockingStub(channel)
          .withDeadlineAfter(30, TimeUnit.SECONDS)
          .unsafeDestroyRange(
              UnsafeDestroyRangeRequest.newBuilder()
                  .setStartKey(ProtoBytes.toByteString(start))
                  .setEndKey(ProtoBytes.toByteString(end))
                  .build())
          .getError();
    } finally {
      channel.shutdownNow();
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

  @Test
  void threeThatAreAllStartedElsewhereFindEachOther() throws Exception {
    Node first = nodes.start("a");
    List<Node> all = List.of(first, nodes.join("b", first), nodes.join("c", first));
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(all).allSatisfy(ThreeNodesTest::hasThreeVoters));
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(pdVoters(first)).isEqualTo(3));
    try (TerraneClient client = client(all)) {
      client.raw().put(key(1), value(1));
    }
    all.forEach(Node::close); // as if killed: nobody says where it goes

    // The first is told nothing; the second knows it, and the third only the second.
    Node a = nodes.start("a");
    Node b = nodes.join("b", a);
    Node c = nodes.join("c", b);
    assertThat(addresses(a, b, c)).doesNotContainAnyElementsOf(addresses(all));
    try (TerraneClient client = client(List.of(c))) {
      await()
          .atMost(PATIENCE)
          .ignoreExceptions()
          .untilAsserted(() -> {
            client.raw().put(key(2), value(2));
            assertThat(client.raw().get(key(1))).contains(value(1));
          });
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(List.of(a, b, c))
                .as("what clients are told")
                .allSatisfy(node -> assertThat(told(node)).isEqualTo(addresses(a, b, c))));

    // And one alone, which is told nothing: the others are where they were.
    b.close();
    Node again = nodes.start("b");
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(List.of(a, again, c))
                .allSatisfy(node -> assertThat(told(node)).isEqualTo(addresses(a, again, c))));
  }

  private static Set<String> addresses(Node... of) {
    return addresses(List.of(of));
  }

  private static Set<String> addresses(List<Node> of) {
    return of.stream().map(node -> node.addresses().pd().url()).collect(Collectors.toSet());
  }

  private static PdQuestions pd(Node node) {
    return new PdQuestions(Objects.requireNonNull(node.pdPart()).pd());
  }

  private static Set<String> told(Node by) throws IOException {
    GetMembersResponse answer =
        pd(by).ask((pd, reply) -> pd.getMembers(GetMembersRequest.getDefaultInstance(), reply));
    return answer.getMembersList().stream()
        .flatMap(member -> member.getClientUrlsList().stream())
        .collect(Collectors.toSet());
  }

  private static long pdVoters(Node node) throws IOException {
    ListMembersResponse answer =
        pd(node).ask((pd, reply) -> pd.listMembers(ListMembersRequest.getDefaultInstance(), reply));
    return answer.getMembersList().stream().filter(MemberStatus::getVoter).count();
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
