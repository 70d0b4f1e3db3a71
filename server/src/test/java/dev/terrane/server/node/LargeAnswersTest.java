package dev.terrane.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.terrane.proto.kvrpcpb.KeyError;
import dev.terrane.proto.kvrpcpb.KeyRange;
import dev.terrane.proto.kvrpcpb.KvPair;
import dev.terrane.proto.kvrpcpb.RawBatchGetRequest;
import dev.terrane.proto.kvrpcpb.RawBatchScanRequest;
import dev.terrane.proto.kvrpcpb.RawGetRequest;
import dev.terrane.proto.kvrpcpb.RawScanRequest;
import dev.terrane.proto.kvrpcpb.RawScanResponse;
import dev.terrane.proto.tikvpb.BatchCommandsRequest;
import dev.terrane.proto.tikvpb.BatchCommandsRequest.Request;
import dev.terrane.proto.tikvpb.BatchCommandsResponse;
import dev.terrane.proto.tikvpb.BatchCommandsResponse.Response;
import dev.terrane.proto.tikvpb.TikvGrpc;
import dev.terrane.server.traffic.WirePairs;
import io.grpc.ClientCall;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.netty.buffer.PoolArenaMetric;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers whose values wait beside the heap are the values, and leave nothing there. */
class LargeAnswersTest {
  private static final int KEYS = 60;
  private static final int[] SIZES = {0, 100, 511, 512, 20_000, 65_536, 65_537, 300_000, 1_500_000};

  private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
  private final Map<String, ByteString> values = new TreeMap<>();

  @TempDir private Path directory;
  private TestNodes nodes;
  private NodeClient client;

  @BeforeEach
  void start() throws IOException {
    nodes = new TestNodes(directory);
    Node node = nodes.start(nodes.config("a", config -> config.memoryBytes(512L << 20)));
    client = new NodeClient(node);
    for (int i = 0; i < KEYS; i++) {
      byte[] value = new byte[SIZES[i % SIZES.length]];
      random.nextBytes(value);
      values.put("k%02d".formatted(i), ByteString.copyFrom(value));
    }
    values.forEach((key, value) -> assertThat(client.put(key, value).hasRegionError()).isFalse());
  }

  @AfterEach
  void stop() {
    await().untilAsserted(() -> assertThat(allocations()).isZero());
    client.close();
    nodes.close();
    assertThat(nodes.failures()).isEmpty();
  }

  /** Buffers in use. */
  private static long allocations() {
    return WirePairs.POOL.metric().directArenas().stream()
        .mapToLong(PoolArenaMetric::numActiveAllocations)
        .sum();
  }

  private RawScanRequest all() {
    return RawScanRequest.newBuilder().setContext(client.context()).setLimit(1000).build();
  }

  private RawBatchGetRequest allByKey() {
    RawBatchGetRequest.Builder get = RawBatchGetRequest.newBuilder().setContext(client.context());
    values.keySet().forEach(key -> get.addKeys(ByteString.copyFromUtf8(key)));
    return get.build();
  }

  private RawBatchScanRequest allInTwoRanges() {
    return RawBatchScanRequest.newBuilder()
        .setContext(client.context())
        .addRanges(KeyRange.newBuilder().setEndKey(ByteString.copyFromUtf8("k30")))
        .addRanges(KeyRange.newBuilder().setStartKey(ByteString.copyFromUtf8("k30")))
        .setEachLimit(100)
        .build();
  }

  private void assertIsAll(List<KvPair> pairs) {
    assertThat(pairs).extracting(KvPair::getError).containsOnly(KeyError.getDefaultInstance());
    assertThat(pairs)
        .extracting(pair -> pair.getKey().toStringUtf8())
        .containsExactlyElementsOf(values.keySet());
    for (KvPair pair : pairs) {
      assertThat(pair.getValue().equals(values.get(pair.getKey().toStringUtf8())))
          .as("the value of %s", pair.getKey().toStringUtf8())
          .isTrue();
    }
  }

  @Test
  void callsOfTheirOwn() {
    for (int i = 0; i < 3; i++) {
      assertIsAll(client.tikv().rawScan(all()).getKvsList());
      assertIsAll(client.tikv().rawBatchGet(allByKey()).getPairsList());
      assertIsAll(client.tikv().rawBatchScan(allInTwoRanges()).getKvsList());
    }
  }

  @Test
  void amongSmallOnesInOneStream() throws Exception {
    RecordedStream<BatchCommandsResponse> answers = new RecordedStream<>();
    StreamObserver<BatchCommandsRequest> stream =
        TikvGrpc.newStub(client.storeChannel).batchCommands(answers);
    int commands = 0;
    for (int round = 0; round < 2; round++) {
      BatchCommandsRequest.Builder message = BatchCommandsRequest.newBuilder();
      List<Request.Builder> requests = new ArrayList<>();
      requests.add(Request.newBuilder().setRawScan(all()));
      requests.add(Request.newBuilder().setRawGet(get("k01")));
      requests.add(Request.newBuilder().setRawBatchGet(allByKey()));
      requests.add(Request.newBuilder().setRawGet(get("k08")));
      requests.add(Request.newBuilder().setRawBatchScan(allInTwoRanges()));
      for (Request.Builder request : requests) {
        message.addRequests(request).addRequestIds(commands++);
      }
      stream.onNext(message.build());
    }
    stream.onCompleted(); // while answers are being written
    assertThat(answers.end().isOk()).isTrue();

    Map<Long, Response> byId = new TreeMap<>();
    for (BatchCommandsResponse message : answers.messages) {
      for (int i = 0; i < message.getResponsesCount(); i++) {
        assertThat(byId.put(message.getRequestIds(i), message.getResponses(i))).isNull();
      }
    }
    assertThat(byId).hasSize(commands);
    byId.forEach((id, response) -> {
      switch (response.getCmdCase()) {
        case RAW_SCAN -> assertIsAll(response.getRawScan().getKvsList());
        case RAW_BATCH_GET -> assertIsAll(response.getRawBatchGet().getPairsList());
        case RAW_BATCH_SCAN -> assertIsAll(response.getRawBatchScan().getKvsList());
        default ->
            assertThat(response.getRawGet().getValue())
                .isEqualTo(values.get(id % 5 == 1 ? "k01" : "k08"));
      }
    });
  }

  private RawGetRequest get(String key) {
    return RawGetRequest.newBuilder()
        .setContext(client.context())
        .setKey(ByteString.copyFromUtf8(key))
        .build();
  }

  @Test
  void whoseClientsAreGoneBeforeTheyAreSent() throws Exception {
    for (int i = 0; i < 20; i++) {
      ClientCall<RawScanRequest, RawScanResponse> call =
          client.storeChannel.newCall(TikvGrpc.getRawScanMethod(), io.grpc.CallOptions.DEFAULT);
      ClientCalls.asyncUnaryCall(call, all(), new RecordedStream<>());
      TimeUnit.MICROSECONDS.sleep(random.nextInt(20_000));
      call.cancel("the test has no use for it", null);
    }
    assertIsAll(client.tikv().rawScan(all()).getKvsList());
  }

  @Test
  void streamsThatEndWhileAnAnswerIsWritten() throws Exception {
    for (int i = 0; i < 20; i++) {
      RecordedStream<BatchCommandsResponse> answers = new RecordedStream<>();
      StreamObserver<BatchCommandsRequest> stream =
          TikvGrpc.newStub(client.storeChannel).batchCommands(answers);
      stream.onNext(
          BatchCommandsRequest.newBuilder()
              .addRequests(Request.newBuilder().setRawScan(all()))
              .addRequestIds(1)
              .build());
      TimeUnit.MICROSECONDS.sleep(random.nextInt(20_000));
      // Ids without requests end the stream, whatever it is at.
      stream.onNext(BatchCommandsRequest.newBuilder().addRequestIds(1).build());
      assertThat(answers.end().isOk()).isFalse();
    }
    assertIsAll(client.tikv().rawScan(all()).getKvsList());
  }
}
