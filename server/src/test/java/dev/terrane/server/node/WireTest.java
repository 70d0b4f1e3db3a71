package dev.terrane.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.terrane.proto.import_sstpb.ImportSSTGrpc;
import dev.terrane.proto.import_sstpb.IngestResponse;
import dev.terrane.proto.import_sstpb.MultiIngestRequest;
import dev.terrane.proto.import_sstpb.Pair;
import dev.terrane.proto.import_sstpb.RawWriteBatch;
import dev.terrane.proto.import_sstpb.RawWriteRequest;
import dev.terrane.proto.import_sstpb.RawWriteResponse;
import dev.terrane.proto.import_sstpb.SSTMeta;
import dev.terrane.proto.kvrpcpb.Context;
import dev.terrane.proto.kvrpcpb.GetHealthFeedbackRequest;
import dev.terrane.proto.kvrpcpb.GetRequest;
import dev.terrane.proto.kvrpcpb.HealthFeedback;
import dev.terrane.proto.kvrpcpb.KvPair;
import dev.terrane.proto.kvrpcpb.RawBatchGetRequest;
import dev.terrane.proto.kvrpcpb.RawBatchPutRequest;
import dev.terrane.proto.kvrpcpb.RawBatchPutResponse;
import dev.terrane.proto.kvrpcpb.RawGetRequest;
import dev.terrane.proto.kvrpcpb.RawGetResponse;
import dev.terrane.proto.kvrpcpb.RawPutRequest;
import dev.terrane.proto.kvrpcpb.RawPutResponse;
import dev.terrane.proto.kvrpcpb.RawScanRequest;
import dev.terrane.proto.kvrpcpb.UnsafeDestroyRangeRequest;
import dev.terrane.proto.kvrpcpb.UnsafeDestroyRangeResponse;
import dev.terrane.proto.pdpb.GetMembersRequest;
import dev.terrane.proto.pdpb.GetRegionRequest;
import dev.terrane.proto.pdpb.GetRegionResponse;
import dev.terrane.proto.pdpb.GetStoreRequest;
import dev.terrane.proto.pdpb.PDGrpc;
import dev.terrane.proto.pdpb.RequestHeader;
import dev.terrane.proto.pdpb.TsoRequest;
import dev.terrane.proto.pdpb.TsoResponse;
import dev.terrane.proto.tikvpb.BatchCommandsEmptyRequest;
import dev.terrane.proto.tikvpb.BatchCommandsRequest;
import dev.terrane.proto.tikvpb.BatchCommandsRequest.Request;
import dev.terrane.proto.tikvpb.BatchCommandsResponse;
import dev.terrane.proto.tikvpb.BatchCommandsResponse.Response;
import dev.terrane.proto.tikvpb.TikvGrpc;
import dev.terrane.server.net.HostPort;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients of other makes rely on, asked with bare stubs. */
class WireTest {
  @TempDir private Path directory;
  private TestNodes nodes;
  private Node node;
  private ManagedChannel pdChannel;
  private ManagedChannel storeChannel;
  private TikvGrpc.TikvBlockingStub tikv;
  private PDGrpc.PDBlockingStub pd;
  private RequestHeader header;
  private Context context;

  @BeforeEach
  void start() throws IOException {
    nodes = new TestNodes(directory);
    node = nodes.start("a");
    pdChannel = channel(node.addresses().pd());
    storeChannel = channel(node.addresses().store());
    tikv = TikvGrpc.newBlockingStub(storeChannel).withDeadlineAfter(30, TimeUnit.SECONDS);
    pd = PDGrpc.newBlockingStub(pdChannel).withDeadlineAfter(30, TimeUnit.SECONDS);
    long clusterId =
        pd.getMembers(GetMembersRequest.getDefaultInstance()).getHeader().getClusterId();
    header = RequestHeader.newBuilder().setClusterId(clusterId).build();
    GetRegionResponse route = pd.getRegion(GetRegionRequest.newBuilder().setHeader(header).build());
    context =
        Context.newBuilder()
            .setRegionId(route.getRegion().getId())
            .setRegionEpoch(route.getRegion().getRegionEpoch())
            .setPeer(route.getRegion().getPeers(0))
            .build();
  }

  @AfterEach
  void stop() {
    pdChannel.shutdownNow();
    storeChannel.shutdownNow();
    nodes.close();
    assertThat(nodes.failures()).isEmpty();
  }

  private static ManagedChannel channel(HostPort address) {
    return NettyChannelBuilder.forAddress(address.host(), address.port()).usePlaintext().build();
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  /** What a stream said until it ended, and how it ended. */
  private static final class Recorded<R> implements StreamObserver<R> {
    private final List<R> messages = Collections.synchronizedList(new ArrayList<>());
    private final CompletableFuture<Status> end = new CompletableFuture<>();

    @Override
    public void onNext(R message) {
      messages.add(message);
    }

    @Override
    public void onError(Throwable failure) {
      end.complete(Status.fromThrowable(failure));
    }

    @Override
    public void onCompleted() {
      end.complete(Status.OK);
    }

    Status end() throws Exception {
      return end.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void answersWithoutErrorsHaveNoErrorMembers() {
    RawPutResponse put =
        tikv.rawPut(
            RawPutRequest.newBuilder()
                .setContext(context)
                .setKey(bytes("k"))
                .setValue(ByteString.EMPTY)
                .build());
    assertThat(put).isEqualTo(RawPutResponse.getDefaultInstance());
    RawGetResponse found =
        tikv.rawGet(RawGetRequest.newBuilder().setContext(context).setKey(bytes("k")).build());
    assertThat(found)
        .as("an empty value is a value")
        .isEqualTo(RawGetResponse.getDefaultInstance());
    RawGetResponse absent =
        tikv.rawGet(RawGetRequest.newBuilder().setContext(context).setKey(bytes("x")).build());
    assertThat(absent.getNotFound()).isTrue();
    assertThat(absent.hasRegionError()).isFalse();
  }

  @Test
  void wrongRoutesAreRegionErrorsAndTransactionsAreRefusedInWords() {
    Context.Builder routes = context.toBuilder();
    assertThat(
            errorOf(routes.clone().clearRegionEpoch().build())
                .getEpochNotMatch()
                .getCurrentRegions(0)
                .getRegionEpoch())
        .as("none is like an old one: the client learns which Region there is")
        .isEqualTo(context.getRegionEpoch());
    Context.Builder otherStore = routes.clone();
    otherStore.getPeerBuilder().setStoreId(99);
    assertThat(errorOf(otherStore.build()).hasStoreNotMatch()).isTrue();
    Context.Builder staleEpoch = routes.clone();
    staleEpoch.getRegionEpochBuilder().setVersion(99);
    assertThat(errorOf(staleEpoch.build()).getEpochNotMatch().getCurrentRegionsCount()).isOne();
    assertThat(errorOf(routes.clone().setRegionId(99).build()).hasRegionNotFound()).isTrue();

    assertThat(
            tikv.kvGet(GetRequest.newBuilder().setContext(context).build()).getError().getAbort())
        .contains("not offered yet");
  }

  /** The Go client ends its process on a Region error, or PD's text, that says so. */
  @Test
  void requestsForAnotherClusterAreNotServedAndNobodysClientDies() throws Exception {
    Context stranger = context.toBuilder().setClusterId(1).build();
    RawPutRequest put = RawPutRequest.newBuilder().setContext(stranger).setKey(bytes("k")).build();
    assertThatThrownBy(() -> tikv.rawPut(put))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageStartingWith("INVALID_ARGUMENT: this store is of cluster ")
        .hasMessageContaining("the request is for cluster 1")
        .hasMessageNotContaining("mismatch cluster id");
    assertThatThrownBy(() ->
            ImportSSTGrpc.newBlockingStub(storeChannel)
                .multiIngest(MultiIngestRequest.newBuilder().setContext(stranger).build()))
        .hasMessageStartingWith("INVALID_ARGUMENT: this store is of cluster ");

    Recorded<BatchCommandsResponse> answers = new Recorded<>();
    StreamObserver<BatchCommandsRequest> stream =
        TikvGrpc.newStub(storeChannel).batchCommands(answers);
    stream.onNext(
        BatchCommandsRequest.newBuilder()
            .addRequests(Request.newBuilder().setRawPut(put))
            .addRequestIds(1)
            .addRequests(
                Request.newBuilder().setRawPut(put.toBuilder().setContext(context).build()))
            .addRequestIds(2)
            .build());
    assertThat(answers.end().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    RawGetRequest get = RawGetRequest.newBuilder().setContext(context).setKey(bytes("k")).build();
    assertThat(tikv.rawGet(get).getNotFound()).as("nothing behind it was started").isTrue();
  }

  @Test
  void staleReadsAreRoutedAsOthersAndAnsweredByTheLeaderWhileWritesDoNotCare() {
    Context stale = context.toBuilder().setStaleRead(true).build();
    assertThat(errorOf(stale.toBuilder().setRegionId(99).build()).hasRegionNotFound()).isTrue();
    Context.Builder oldEpoch = stale.toBuilder();
    oldEpoch.getRegionEpochBuilder().setVersion(99);
    assertThat(errorOf(oldEpoch.build()).hasEpochNotMatch()).isTrue();
    RawPutRequest put =
        RawPutRequest.newBuilder()
            .setContext(stale)
            .setKey(bytes("k"))
            .setValue(bytes("v"))
            .build();
    assertThat(tikv.rawPut(put)).isEqualTo(RawPutResponse.getDefaultInstance());
    RawGetRequest get = RawGetRequest.newBuilder().setContext(stale).setKey(bytes("k")).build();
    assertThat(tikv.rawGet(get).getValue()).isEqualTo(bytes("v"));
  }

  @Test
  void requestsForNothingHearThatTheRouteIsWrong() {
    Context wrong = context.toBuilder().setRegionId(99).build();
    assertThat(
            tikv.rawBatchGet(RawBatchGetRequest.newBuilder().setContext(wrong).build())
                .getRegionError()
                .hasRegionNotFound())
        .isTrue();
    assertThat(
            tikv.rawBatchPut(RawBatchPutRequest.newBuilder().setContext(wrong).build())
                .getRegionError()
                .hasRegionNotFound())
        .isTrue();
    assertThat(tikv.rawBatchPut(RawBatchPutRequest.newBuilder().setContext(context).build()))
        .isEqualTo(RawBatchPutResponse.getDefaultInstance());
  }

  @Test
  void theFirstBatchAnswerTellsHowTheStoreFaresAndSoDoesThatToTheQuestion() {
    Recorded<BatchCommandsResponse> answers = new Recorded<>();
    StreamObserver<BatchCommandsRequest> stream =
        TikvGrpc.newStub(storeChannel).batchCommands(answers);
    Request get =
        Request.newBuilder()
            .setRawGet(RawGetRequest.newBuilder().setContext(context).setKey(bytes("k")))
            .build();
    Request question =
        Request.newBuilder()
            .setGetHealthFeedback(GetHealthFeedbackRequest.newBuilder().setContext(context))
            .build();
    long id = 0;
    for (Request request : List.of(get, get, question)) {
      stream.onNext(
          BatchCommandsRequest.newBuilder().addRequests(request).addRequestIds(++id).build());
      int expected = (int) id;
      await().until(() -> answers.messages.size() == expected);
    }
    stream.onCompleted();
    HealthFeedback first = answers.messages.get(0).getHealthFeedback();
    assertThat(first.getStoreId()).isEqualTo(context.getPeer().getStoreId());
    assertThat(first.getSlowScore()).isOne();
    assertThat(first.getFeedbackSeqNo()).isPositive();
    assertThat(answers.messages.get(1).hasHealthFeedback()).isFalse();
    BatchCommandsResponse asked = answers.messages.get(2);
    assertThat(asked.getHealthFeedback())
        .isEqualTo(asked.getResponses(0).getGetHealthFeedback().getHealthFeedback());
    assertThat(asked.getHealthFeedback().getFeedbackSeqNo())
        .isGreaterThan(first.getFeedbackSeqNo());
  }

  @Test
  void aRangeIsDestroyedWithoutARoute() {
    for (String key : List.of("d1", "d2", "e1")) {
      tikv.rawPut(
          RawPutRequest.newBuilder()
              .setContext(context)
              .setKey(bytes(key))
              .setValue(bytes("v"))
              .build());
    }
    UnsafeDestroyRangeRequest destroy =
        UnsafeDestroyRangeRequest.newBuilder()
            .setStartKey(bytes("d"))
            .setEndKey(bytes("e"))
            .build();
    assertThat(tikv.unsafeDestroyRange(destroy))
        .isEqualTo(UnsafeDestroyRangeResponse.getDefaultInstance());
    RawScanRequest scan = RawScanRequest.newBuilder().setContext(context).setLimit(9).build();
    assertThat(tikv.rawScan(scan).getKvsList())
        .extracting(KvPair::getKey)
        .containsExactly(bytes("e1"));
  }

  private dev.terrane.proto.errorpb.Error errorOf(Context route) {
    RawGetResponse response =
        tikv.rawGet(RawGetRequest.newBuilder().setContext(route).setKey(bytes("k")).build());
    assertThat(response.hasRegionError()).isTrue();
    return response.getRegionError();
  }

  @Test
  void batchAnswersEachIdOnceWhateverIsInIt() throws Exception {
    Recorded<BatchCommandsResponse> answers = new Recorded<>();
    StreamObserver<BatchCommandsRequest> stream =
        TikvGrpc.newStub(storeChannel).batchCommands(answers);
    BatchCommandsRequest.Builder batch = BatchCommandsRequest.newBuilder();
    for (int i = 0; i < 100; i++) {
      RawPutRequest put =
          RawPutRequest.newBuilder()
              .setContext(context)
              .setKey(bytes("k" + i))
              .setValue(bytes("v"))
              .build();
      batch.addRequests(Request.newBuilder().setRawPut(put)).addRequestIds(i);
    }
    batch
        .addRequests(
            Request.newBuilder()
                .setEmpty(BatchCommandsEmptyRequest.newBuilder().setTestId(5).setDelayTime(50)))
        .addRequestIds(100);
    batch
        .addRequests(Request.newBuilder().setGet(GetRequest.newBuilder().setContext(context)))
        .addRequestIds(101);
    batch.addRequests(Request.getDefaultInstance()).addRequestIds(102);
    stream.onNext(batch.build());
    stream.onCompleted();
    assertThat(answers.end()).isEqualTo(Status.OK);

    Map<Long, Response> byId = new LinkedHashMap<>();
    for (BatchCommandsResponse message : answers.messages) {
      for (int i = 0; i < message.getResponsesCount(); i++) {
        assertThat(byId.put(message.getRequestIds(i), message.getResponses(i))).isNull();
      }
    }
    assertThat(byId).hasSize(103);
    for (long id = 0; id < 100; id++) {
      assertThat(answer(byId, id).getRawPut()).isEqualTo(RawPutResponse.getDefaultInstance());
    }
    assertThat(answer(byId, 100).getEmpty().getTestId()).isEqualTo(5);
    assertThat(answer(byId, 101).getGet().getError().getAbort()).contains("not offered yet");
    assertThat(answer(byId, 102)).isEqualTo(Response.getDefaultInstance());
  }

  private static Response answer(Map<Long, Response> byId, long id) {
    return Objects.requireNonNull(byId.get(id), () -> "no answer to " + id);
  }

  @Test
  void batchWithoutMatchingIdsEndsTheStream() throws Exception {
    Recorded<BatchCommandsResponse> answers = new Recorded<>();
    StreamObserver<BatchCommandsRequest> stream =
        TikvGrpc.newStub(storeChannel).batchCommands(answers);
    stream.onNext(BatchCommandsRequest.newBuilder().addRequestIds(1).build());
    assertThat(answers.end().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void openBatchStreamsEndAsUnavailableWhenTheNodeStops() throws Exception {
    Recorded<BatchCommandsResponse> answers = new Recorded<>();
    StreamObserver<BatchCommandsRequest> stream =
        TikvGrpc.newStub(storeChannel).batchCommands(answers);
    stream.onNext(BatchCommandsRequest.getDefaultInstance());
    // The node has the stream once it answers a call that was made after it on the connection.
    tikv.rawGet(RawGetRequest.newBuilder().setContext(context).build());
    node.stop();
    assertThat(answers.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void streamsThatNeverEndAreEndedWhenTheNodeStopsWhichIsSoonThen() throws Exception {
    Recorded<TsoResponse> timestamps = new Recorded<>();
    StreamObserver<TsoRequest> stream = PDGrpc.newStub(pdChannel).tso(timestamps);
    stream.onNext(TsoRequest.newBuilder().setHeader(header).setCount(1).build());
    Recorded<HealthCheckResponse> health = new Recorded<>();
    HealthGrpc.newStub(storeChannel).watch(HealthCheckRequest.getDefaultInstance(), health);
    await()
        .untilAsserted(() -> {
          assertThat(timestamps.messages).hasSize(1);
          assertThat(health.messages).hasSize(1);
        });
    long start = System.nanoTime();
    node.stop();
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .as("nothing is waited for that nobody could answer")
        .isLessThan(Duration.ofSeconds(4));
    for (Status end : List.of(timestamps.end(), health.end())) {
      assertThat(end.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(end.getDescription()).isEqualTo("this node is stopping");
    }
    assertThat(health.messages.getLast().getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
  }

  @Test
  void timestampStreamCompletesAfterTheClientHasHalfClosed() throws Exception {
    Recorded<TsoResponse> answers = new Recorded<>();
    StreamObserver<TsoRequest> stream = PDGrpc.newStub(pdChannel).tso(answers);
    stream.onNext(TsoRequest.newBuilder().setHeader(header).setCount(3).build());
    stream.onNext(TsoRequest.newBuilder().setHeader(header).setCount(2).build());
    stream.onCompleted();
    assertThat(answers.end()).isEqualTo(Status.OK);
    assertThat(answers.messages).extracting(TsoResponse::getCount).containsExactly(3, 2);
  }

  @Test
  void uploadIsTakenInOnceItIsAskedForAndIsNotThereTwice() throws Exception {
    SSTMeta meta = SSTMeta.newBuilder().setUuid(bytes("0123456789abcdef")).build();
    RawWriteBatch.Builder batch = RawWriteBatch.newBuilder();
    for (int i = 0; i < 3000; i++) {
      batch.addPairs(Pair.newBuilder().setKey(bytes("i%04d".formatted(i))).setValue(bytes("v")));
    }
    Recorded<RawWriteResponse> answers = new Recorded<>();
    StreamObserver<RawWriteRequest> upload = ImportSSTGrpc.newStub(storeChannel).rawWrite(answers);
    upload.onNext(RawWriteRequest.newBuilder().setMeta(meta).build());
    upload.onNext(RawWriteRequest.newBuilder().setBatch(batch).build());
    upload.onCompleted();
    assertThat(answers.end()).isEqualTo(Status.OK);
    assertThat(answers.messages.getFirst().getMetas(0).getTotalKvs()).isEqualTo(3000);
    RawGetRequest last =
        RawGetRequest.newBuilder().setContext(context).setKey(bytes("i2999")).build();
    assertThat(tikv.rawGet(last).getNotFound()).isTrue();

    ImportSSTGrpc.ImportSSTBlockingStub importing = ImportSSTGrpc.newBlockingStub(storeChannel);
    MultiIngestRequest ingest =
        MultiIngestRequest.newBuilder()
            .setContext(context)
            .addSsts(answers.messages.getFirst().getMetas(0))
            .build();
    assertThat(importing.multiIngest(ingest)).isEqualTo(IngestResponse.getDefaultInstance());
    assertThat(tikv.rawGet(last).getValue()).isEqualTo(bytes("v"));
    assertThat(importing.multiIngest(ingest).getError().getMessage()).contains("send it again");
  }

  @Test
  void pdRefusesOtherClustersWithTheStatusThatClientsKnow() {
    RequestHeader other = header.toBuilder().setClusterId(1).build();
    assertThatThrownBy(() -> pd.getStore(GetStoreRequest.newBuilder().setHeader(other).build()))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("FAILED_PRECONDITION: mismatch cluster id, need");
  }

  @Test
  void bothPortsSayThatTheyServe() {
    for (ManagedChannel channel : List.of(pdChannel, storeChannel)) {
      assertThat(
              HealthGrpc.newBlockingStub(channel)
                  .check(HealthCheckRequest.getDefaultInstance())
                  .getStatus())
          .isEqualTo(ServingStatus.SERVING);
    }
  }

  @Test
  void requestForAnotherHostIsUnavailable() {
    Metadata metadata = new Metadata();
    metadata.put(
        Metadata.Key.of("tikv-forwarded-host", Metadata.ASCII_STRING_MARSHALLER), "other:20160");
    var forwarded = tikv.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
    assertThatThrownBy(() -> forwarded.rawGet(RawGetRequest.getDefaultInstance()))
        .hasMessageContaining("UNAVAILABLE");
  }

  /** The Go client puts the leader's address there in calls to the leader itself. */
  @Test
  void pdAnswersCallsThatNameTheLeaderToForwardTo() {
    Metadata metadata = new Metadata();
    metadata.put(
        Metadata.Key.of("pd-forwarded-host", Metadata.ASCII_STRING_MARSHALLER),
        "http://" + node.addresses().pd());
    var forwarded = pd.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
    assertThat(
            forwarded
                .getRegion(GetRegionRequest.newBuilder().setHeader(header).build())
                .hasRegion())
        .isTrue();
  }

  @Test
  void statusPortTellsFiguresStateAndSettings() throws Exception {
    assertThat(page("/livez").statusCode()).isEqualTo(200);
    assertThat(page("/config").body()).contains("\"api-version\" : 1", "\"enable-ttl\" : false");
    assertThat(page("/status").body())
        .contains("\"leads\" : true", "\"store_id\" : ", "\"role\" : \"voter\"");
    assertThat(page("/metrics").body())
        .contains("terrane_raft_log_syncs_total", "terrane_read_pool_queued_reads");
    assertThat(page("/pd/api/v1/stores").body()).contains("\"count\" : 1");
    assertThat(page("/pd/api/v1/members").body()).contains("client_urls");
    assertThat(page("/nothing").statusCode()).isEqualTo(404);
  }

  private HttpResponse<String> page(String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://" + node.addresses().status() + path);
      return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
  }
}
