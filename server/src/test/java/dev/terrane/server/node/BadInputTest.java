package dev.terrane.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.terrane.proto.errorpb.Error;
import dev.terrane.proto.import_sstpb.ImportSSTGrpc;
import dev.terrane.proto.import_sstpb.MultiIngestRequest;
import dev.terrane.proto.import_sstpb.Pair;
import dev.terrane.proto.import_sstpb.RawWriteBatch;
import dev.terrane.proto.import_sstpb.RawWriteRequest;
import dev.terrane.proto.import_sstpb.RawWriteResponse;
import dev.terrane.proto.import_sstpb.SSTMeta;
import dev.terrane.proto.kvrpcpb.GetHealthFeedbackRequest;
import dev.terrane.proto.kvrpcpb.KvPair;
import dev.terrane.proto.kvrpcpb.RawBatchPutRequest;
import dev.terrane.proto.kvrpcpb.RawDeleteRequest;
import dev.terrane.proto.kvrpcpb.RawGetRequest;
import dev.terrane.proto.kvrpcpb.RawPutRequest;
import dev.terrane.proto.kvrpcpb.RawScanRequest;
import dev.terrane.proto.pdpb.LoadGlobalConfigRequest;
import dev.terrane.proto.pdpb.PDGrpc;
import dev.terrane.proto.tikvpb.BatchCommandsEmptyRequest;
import dev.terrane.proto.tikvpb.BatchCommandsRequest;
import dev.terrane.proto.tikvpb.BatchCommandsRequest.Request;
import dev.terrane.proto.tikvpb.BatchCommandsResponse;
import dev.terrane.proto.tikvpb.TikvGrpc;
import dev.terrane.server.importing.ImportSstService;
import dev.terrane.server.tikv.TikvService;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a client can send that makes no sense, or too much of it: each is answered by its own error,
 * changes nothing, and disturbs nobody, as a stream shows that is open on the same connection all
 * the while. {@code docs/testing.md} has the table of all bad input.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputTest {
  private static final byte[] NO_MESSAGE = {(byte) 0xff, (byte) 0xff, (byte) 0xff};

  private static final long BATCH_ANSWER_BYTES_MAX = 8 << 20;

  private TestNodes nodes;
  private Node node;
  private NodeClient client;
  private RecordedStream<BatchCommandsResponse> bystanderAnswers;
  private StreamObserver<BatchCommandsRequest> bystander;

  @BeforeAll
  void start(@TempDir Path directory) throws IOException {
    nodes = new TestNodes(directory);
    node = nodes.start("a");
    client = new NodeClient(node);
    ByteString untouched = ByteString.copyFromUtf8("untouched");
    await().until(() -> !client.put("witness", untouched).hasRegionError()); // once it leads
  }

  @AfterAll
  void stop() {
    client.close();
    nodes.close();
  }

  @BeforeEach
  void openBystander() {
    bystanderAnswers = new RecordedStream<>();
    bystander = TikvGrpc.newStub(client.storeChannel).batchCommands(bystanderAnswers);
    bystander.onNext(one(1, get("witness")));
    await().until(() -> bystanderAnswers.messages.size() == 1);
  }

  /** The stream that was open before still works, on its connection, and no key was written. */
  @AfterEach
  void nobodyWasDisturbed() throws Exception {
    bystander.onNext(one(2, get("witness")));
    bystander.onCompleted();
    assertThat(bystanderAnswers.end()).isEqualTo(Status.OK);
    assertThat(bystanderAnswers.messages).hasSize(2);
    assertThat(bystanderAnswers.messages.getLast().getResponses(0).getRawGet().getValue())
        .isEqualTo(ByteString.copyFromUtf8("untouched"));
    var rows =
        client
            .tikv()
            .rawScan(RawScanRequest.newBuilder().setContext(client.context()).setLimit(9).build());
    assertThat(rows.getKvsList()).extracting(KvPair::getKey).containsExactly(key("witness"));
    assertThat(nodes.failures()).isEmpty();
  }

  private TikvService tikvOfNode() {
    return Objects.requireNonNull(node.storePart()).tikv();
  }

  private static ByteString key(String text) {
    return ByteString.copyFromUtf8(text);
  }

  private Request get(String key) {
    return Request.newBuilder()
        .setRawGet(RawGetRequest.newBuilder().setContext(client.context()).setKey(key(key)))
        .build();
  }

  private static BatchCommandsRequest one(long id, Request request) {
    return BatchCommandsRequest.newBuilder().addRequests(request).addRequestIds(id).build();
  }

  private StreamObserver<BatchCommandsRequest> open(RecordedStream<BatchCommandsResponse> answers) {
    return TikvGrpc.newStub(client.storeChannel).batchCommands(answers);
  }

  // ---- bytes that are no message

  private static final MethodDescriptor.Marshaller<byte[]> BYTES =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
          return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
          try {
            return stream.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  private static MethodDescriptor<byte[], byte[]> bytesTo(MethodDescriptor<?, ?> method) {
    return method.toBuilder(BYTES, BYTES).build();
  }

  private static Status statusOf(ManagedChannel channel, MethodDescriptor<?, ?> method) {
    CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS);
    try {
      ClientCalls.blockingUnaryCall(channel, bytesTo(method), options, NO_MESSAGE);
      return Status.OK;
    } catch (RuntimeException e) {
      return Status.fromThrowable(e);
    }
  }

  private static void assertUnreadable(Status status) {
    assertThat(status.getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(status.getDescription()).contains("Invalid protobuf byte sequence");
  }

  @Test
  void bytesThatAreNoRequestFailTheirCall() {
    assertUnreadable(statusOf(client.storeChannel, TikvGrpc.getRawPutMethod()));
    assertUnreadable(statusOf(client.pdChannel, PDGrpc.getGetRegionMethod()));
  }

  @Test
  void bytesThatAreNoBatchEndTheirStreamAndNoOther() throws Exception {
    RecordedStream<byte[]> answers = new RecordedStream<>();
    StreamObserver<byte[]> stream =
        ClientCalls.asyncBidiStreamingCall(
            client.storeChannel.newCall(
                bytesTo(TikvGrpc.getBatchCommandsMethod()), CallOptions.DEFAULT),
            answers);
    stream.onNext(one(1, get("witness")).toByteArray());
    await().until(() -> answers.messages.size() == 1);
    stream.onNext(NO_MESSAGE);
    assertUnreadable(answers.end());
    await().until(() -> tikvOfNode().batchStreams() == 1);
  }

  /** The call is over by the time that the answers are to be sent, and its headers are not. */
  @Test
  void bytesThatAreNoBatchEndTheirStreamBeforeItsFirstAnswers() throws Exception {
    Request health =
        Request.newBuilder()
            .setGetHealthFeedback(GetHealthFeedbackRequest.getDefaultInstance())
            .build();
    for (int i = 0; i < 50; i++) {
      RecordedStream<byte[]> answers = new RecordedStream<>();
      StreamObserver<byte[]> stream =
          ClientCalls.asyncBidiStreamingCall(
              client.storeChannel.newCall(
                  bytesTo(TikvGrpc.getBatchCommandsMethod()), CallOptions.DEFAULT),
              answers);
      stream.onNext(one(1, health).toByteArray());
      stream.onNext(NO_MESSAGE);
      assertUnreadable(answers.end());
    }
    await().until(() -> tikvOfNode().batchStreams() == 1);
  }

  @Test
  void aMethodThatDoesNotExistIsUnimplemented() {
    MethodDescriptor<byte[], byte[]> unknown =
        bytesTo(TikvGrpc.getRawGetMethod()).toBuilder()
            .setFullMethodName("tikvpb.Tikv/RawFrobnicate")
            .build();
    assertThat(statusOf(client.storeChannel, unknown).getCode())
        .isEqualTo(Status.Code.UNIMPLEMENTED);
  }

  // ---- batches that make no sense

  @Test
  void aBatchWithoutCommandsIsAnsweredByNothing() throws Exception {
    RecordedStream<BatchCommandsResponse> answers = new RecordedStream<>();
    StreamObserver<BatchCommandsRequest> stream = open(answers);
    stream.onNext(BatchCommandsRequest.getDefaultInstance());
    stream.onNext(one(7, get("witness")));
    stream.onCompleted();
    assertThat(answers.end()).isEqualTo(Status.OK);
    assertThat(answers.messages).hasSize(1);
    assertThat(answers.messages.getFirst().getRequestIdsList()).containsExactly(7L);
  }

  /** Ids are the client's affair: they are given back as they came. */
  @Test
  void idsThatAreUsedTwiceAreAnsweredTwice() throws Exception {
    RecordedStream<BatchCommandsResponse> answers = new RecordedStream<>();
    StreamObserver<BatchCommandsRequest> stream = open(answers);
    stream.onNext(
        BatchCommandsRequest.newBuilder()
            .addRequests(get("witness"))
            .addRequestIds(5)
            .addRequests(get("absent"))
            .addRequestIds(5)
            .build());
    stream.onCompleted();
    assertThat(answers.end()).isEqualTo(Status.OK);
    assertThat(answers.messages.stream().flatMap(m -> m.getRequestIdsList().stream()))
        .containsExactly(5L, 5L);
    assertThat(
            answers.messages.stream()
                .flatMap(m -> m.getResponsesList().stream())
                .map(response -> response.getRawGet().getNotFound()))
        .containsExactlyInAnyOrder(false, true);
  }

  // ---- too much

  @Test
  void whatIsTooLargeIsRefusedByName() {
    RawPutRequest.Builder put = RawPutRequest.newBuilder().setContext(client.context());
    ByteString largeKey = ByteString.copyFrom(new byte[(64 << 10) + 1]);
    assertThat(client.tikv().rawPut(put.clone().setKey(largeKey).build()).getError())
        .contains("key")
        .contains("65537")
        .contains("65536");
    ByteString largeValue = ByteString.copyFrom(new byte[(8 << 20) + 1]);
    Error tooLarge =
        client
            .tikv()
            .rawPut(put.clone().setKey(key("k")).setValue(largeValue).build())
            .getRegionError();
    assertThat(tooLarge.getRaftEntryTooLarge().getEntrySize()).isEqualTo(8388609);
    assertThat(tooLarge.getMessage()).contains("8388609").contains("8388608");
    RawBatchPutRequest.Builder batch = RawBatchPutRequest.newBuilder().setContext(client.context());
    ByteString mib = ByteString.copyFrom(new byte[1 << 20]);
    for (int i = 0; i < 33; i++) {
      batch.addPairs(KvPair.newBuilder().setKey(key("k" + i)).setValue(mib));
    }
    Error batchTooLarge = client.tikv().rawBatchPut(batch.build()).getRegionError();
    assertThat(batchTooLarge.getRaftEntryTooLarge().getRegionId())
        .isEqualTo(client.context().getRegionId());
    assertThat(batchTooLarge.getMessage()).contains("33554432");
    var scan = RawScanRequest.newBuilder().setContext(client.context()).setLimit(10_241).build();
    assertThat(client.tikv().rawScan(scan).getKvs(0).getError().getAbort())
        .contains("10241")
        .contains("10240");
  }

  @Test
  void aMessageOfTooManyCommandsEndsItsStream() throws Exception {
    RecordedStream<BatchCommandsResponse> answers = new RecordedStream<>();
    BatchCommandsRequest.Builder message = BatchCommandsRequest.newBuilder();
    for (int i = 0; i <= 16_384; i++) {
      message.addRequests(Request.getDefaultInstance()).addRequestIds(i);
    }
    open(answers).onNext(message.build());
    Status end = answers.end();
    assertThat(end.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(end.getDescription()).contains("16385").contains("16384");
  }

  /** A few mebibytes of nothing would be hundreds as objects. */
  @Test
  void aMessageThatTakesTooMuchMemoryOnceItIsDecodedIsRefused() {
    var pairs = Collections.nCopies(4 << 20, KvPair.getDefaultInstance());
    RawBatchPutRequest bomb = RawBatchPutRequest.newBuilder().addAllPairs(pairs).build();
    assertThatThrownBy(() -> client.tikv().rawBatchPut(bomb))
        .hasMessageContaining("RESOURCE_EXHAUSTED")
        .hasMessageContaining("several smaller");
  }

  @Test
  void moreNamesOfSettingsThanAnybodyHasAreRefused() {
    var names = Collections.nCopies(1025, "");
    LoadGlobalConfigRequest request =
        LoadGlobalConfigRequest.newBuilder().addAllNames(names).build();
    assertThatThrownBy(() -> client.pd().loadGlobalConfig(request))
        .hasMessageContaining("1025")
        .hasMessageContaining("1024");
  }

  private void upload(ByteString id, int emptyPairs) throws Exception {
    RecordedStream<RawWriteResponse> answers = new RecordedStream<>();
    var stream = ImportSSTGrpc.newStub(client.storeChannel).rawWrite(answers);
    stream.onNext(RawWriteRequest.newBuilder().setMeta(SSTMeta.newBuilder().setUuid(id)).build());
    var pairs = Collections.nCopies(emptyPairs, Pair.getDefaultInstance());
    stream.onNext(
        RawWriteRequest.newBuilder()
            .setBatch(RawWriteBatch.newBuilder().addAllPairs(pairs))
            .build());
    stream.onCompleted();
    assertThat(answers.end()).isEqualTo(Status.OK);
  }

  /** Pairs of nothing are objects all the same. */
  @Test
  void uploadsAreBoundedByWhatTheyTakeInMemory() throws Exception {
    ImportSstService importing = Objects.requireNonNull(node.storePart()).importing();
    for (int i = 0; i < 20; i++) {
      upload(ByteString.copyFromUtf8("upload-" + i), 50_000);
      assertThat(importing.uploadedBytes()).isBetween(50_000L * 100, 64L << 20);
    }
    upload(ByteString.copyFromUtf8("last"), 10);
    var twice =
        MultiIngestRequest.newBuilder()
            .setContext(client.context())
            .addAllSsts(Collections.nCopies(5000, SSTMeta.getDefaultInstance()))
            .build();
    assertThatThrownBy(() -> ImportSSTGrpc.newBlockingStub(client.storeChannel).multiIngest(twice))
        .hasMessageContaining("5000")
        .hasMessageContaining("4096");
  }

  // ---- clients that go, or do not listen

  @Test
  void aClientThatGoesInTheMiddleLeavesNothingBehind() {
    RecordedStream<BatchCommandsResponse> answers = new RecordedStream<>();
    var stream = (ClientCallStreamObserver<BatchCommandsRequest>) open(answers);
    Request later =
        Request.newBuilder()
            .setEmpty(BatchCommandsEmptyRequest.newBuilder().setDelayTime(60_000))
            .build();
    stream.onNext(
        BatchCommandsRequest.newBuilder()
            .addRequests(get("witness"))
            .addRequestIds(1)
            .addRequests(later)
            .addRequestIds(2)
            .build());
    await().until(() -> answers.messages.size() == 1);
    assertThat(tikvOfNode().batchStreams()).isEqualTo(2);
    stream.cancel("gone", null);
    await().until(() -> tikvOfNode().batchStreams() == 1);
  }

  @Test
  void aClientThatDoesNotReadIsNotServedFurtherUntilItDoes() throws Exception {
    int valueBytes = 1 << 20;
    int gets = 120;
    client.put("large", ByteString.copyFrom(new byte[valueBytes]));
    try {
      DeafClient deaf = new DeafClient();
      TikvGrpc.newStub(client.storeChannel).batchCommands(deaf);
      BatchCommandsRequest.Builder batch = BatchCommandsRequest.newBuilder();
      for (int i = 0; i < gets; i++) {
        batch.addRequests(get("large")).addRequestIds(i);
      }
      deaf.requests().onNext(batch.build());
      deaf.requests().onCompleted();
      TikvService tikv = tikvOfNode();
      await().until(() -> tikv.batchAnswerBytes() > BATCH_ANSWER_BYTES_MAX);
      // Whoever is served after all that was sent knows that the stream has come to rest.
      assertThat(client.get("witness").getNotFound()).isFalse();
      assertThat(tikv.batchAnswerBytes()).isLessThan(BATCH_ANSWER_BYTES_MAX + 2L * valueBytes);

      deaf.requests().request(gets);
      assertThat(deaf.answers.end()).isEqualTo(Status.OK);
      assertThat(deaf.answers.messages.stream().flatMap(m -> m.getRequestIdsList().stream()))
          .doesNotHaveDuplicates()
          .hasSize(gets);
    } finally {
      client
          .tikv()
          .rawDelete(
              RawDeleteRequest.newBuilder()
                  .setContext(client.context())
                  .setKey(key("large"))
                  .build());
    }
  }

  /** Asks for answers only when it is told to. */
  private static final class DeafClient
      implements ClientResponseObserver<BatchCommandsRequest, BatchCommandsResponse> {
    private final RecordedStream<BatchCommandsResponse> answers = new RecordedStream<>();
    private @Nullable ClientCallStreamObserver<BatchCommandsRequest> requests;

    @Override
    public void beforeStart(ClientCallStreamObserver<BatchCommandsRequest> stream) {
      stream.disableAutoRequestWithInitial(0);
      requests = stream;
    }

    ClientCallStreamObserver<BatchCommandsRequest> requests() {
      return Objects.requireNonNull(requests);
    }

    @Override
    public void onNext(BatchCommandsResponse message) {
      answers.onNext(message);
    }

    @Override
    public void onError(Throwable failure) {
      answers.onError(failure);
    }

    @Override
    public void onCompleted() {
      answers.onCompleted();
    }
  }

  @Test
  void pingsEverySecondAreWelcomeWithoutAnyCall() throws Exception {
    try (PingingConnection connection = PingingConnection.open(node.addresses().store())) {
      for (int i = 0; i < 4; i++) {
        assertThat(connection.pingAndListen(Duration.ofMillis(1100)))
            .isEqualTo(PingingConnection.Heard.PONG);
      }
    }
  }

  @Test
  void whoPingsWithoutPauseIsCutOffAndOnlyThatOne() throws Exception {
    try (PingingConnection connection = PingingConnection.open(node.addresses().store())) {
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() ->
              connection.pingAndListen(Duration.ofMillis(20)) == PingingConnection.Heard.CUT_OFF);
    }
  }
}
