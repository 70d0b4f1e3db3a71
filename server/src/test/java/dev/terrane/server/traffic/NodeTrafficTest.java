package dev.terrane.server.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.terrane.common.TimeSource;
import dev.terrane.common.traffic.Charge;
import dev.terrane.common.traffic.Traffic;
import dev.terrane.common.traffic.TrafficBudget;
import dev.terrane.proto.kvrpcpb.KvPair;
import dev.terrane.proto.kvrpcpb.RawBatchPutRequest;
import dev.terrane.proto.kvrpcpb.RawBatchPutResponse;
import dev.terrane.proto.kvrpcpb.RawGetRequest;
import dev.terrane.proto.kvrpcpb.RawGetResponse;
import dev.terrane.proto.kvrpcpb.RawPutRequest;
import dev.terrane.proto.kvrpcpb.RawPutResponse;
import dev.terrane.proto.terranepb.InternalGrpc;
import dev.terrane.proto.terranepb.RaftBatch;
import dev.terrane.proto.terranepb.RaftDone;
import dev.terrane.proto.terranepb.RaftEnvelope;
import dev.terrane.proto.tikvpb.BatchCommandsRequest;
import dev.terrane.proto.tikvpb.BatchCommandsResponse;
import dev.terrane.proto.tikvpb.TikvGrpc;
import dev.terrane.server.net.ConnectionGate;
import dev.terrane.server.net.EventLoops;
import dev.terrane.server.net.GrpcServer;
import dev.terrane.server.net.GrpcServers;
import dev.terrane.server.net.HostPort;
import dev.terrane.server.net.LateServices;
import dev.terrane.server.run.ReadThreads;
import dev.terrane.server.run.SystemTimeSource;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What real calls hold over real connections, and that all of it comes back. */
class NodeTrafficTest {
  private static final int MESSAGE_BYTES_MAX = 16 << 20;
  private static final long BUDGET = 4 << 20;

  /** More than sockets and the client's windows take in. */
  private static final int ANSWER_BYTES = 2 << 20;

  private final TrafficBudget budget = new TrafficBudget(BUDGET);
  private final AtomicLong nowNanos = new AtomicLong();
  private final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
  private final EventLoops loops = new EventLoops("node-traffic-test", 1);
  private final ReadThreads decoders =
      new ReadThreads("node-traffic-read", 1, 64, (where, failure) -> failures.add(failure));
  private final ReadThreads peersDecoders =
      new ReadThreads("node-traffic-peers", 1, 64, (where, failure) -> failures.add(failure));
  private final NodeTraffic traffic =
      new NodeTraffic(
          budget,
          loops.executor((where, failure) -> failures.add(failure)),
          decoders,
          peersDecoders,
          null,
          new TimeSource() {
            @Override
            public long nanoTime() {
              return nowNanos.get();
            }

            @Override
            public long wallMillis() {
              throw new AssertionError("not asked for");
            }
          });
  private final AtomicInteger puts = new AtomicInteger();
  private final AtomicInteger batches = new AtomicInteger();
  private final AtomicInteger raftBatches = new AtomicInteger();
  private final CompletableFuture<String> decodedOn = new CompletableFuture<>();
  private GrpcServer server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws IOException {
    GrpcServers servers =
        new GrpcServers(
            loops,
            new ConnectionGate(100, new SystemTimeSource()),
            MESSAGE_BYTES_MAX,
            traffic,
            (where, failure) -> failures.add(failure));
    LateServices services = servers.services();
    services.offer(List.of(new Store(), new Fellow()));
    server = servers.start("address", new HostPort("127.0.0.1", 0), services, Set.of());
    channel = connect();
  }

  /** With a window that does not grow: what is not asked for stays with the server. */
  private ManagedChannel connect() {
    return NettyChannelBuilder.forAddress("127.0.0.1", server.port())
        .maxInboundMessageSize(MESSAGE_BYTES_MAX)
        .flowControlWindow(64 << 10)
        .usePlaintext()
        .build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    await().until(() -> budget.taken() == 0);
    assertThat(traffic.openCalls()).isZero();
    server.close();
    decoders.close();
    peersDecoders.close();
    loops.close();
    assertThat(failures).isEmpty();
  }

  /** Gets are answered with {@link #ANSWER_BYTES}, and so is each message of a stream. */
  private final class Store extends TikvGrpc.TikvImplBase {
    @Override
    public void rawPut(RawPutRequest request, StreamObserver<RawPutResponse> client) {
      puts.incrementAndGet();
      decodedOn.complete(Thread.currentThread().getName());
      client.onNext(RawPutResponse.getDefaultInstance());
      client.onCompleted();
    }

    @Override
    public void rawBatchPut(
        RawBatchPutRequest request, StreamObserver<RawBatchPutResponse> client) {
      batches.incrementAndGet();
      client.onNext(RawBatchPutResponse.getDefaultInstance());
      client.onCompleted();
    }

    @Override
    public void rawGet(RawGetRequest request, StreamObserver<RawGetResponse> client) {
      client.onNext(
          RawGetResponse.newBuilder()
              .setValue(ByteString.copyFrom(new byte[ANSWER_BYTES]))
              .build());
      client.onCompleted();
    }

    @Override
    public StreamObserver<BatchCommandsRequest> batchCommands(
        StreamObserver<BatchCommandsResponse> client) {
      var call = (ServerCallStreamObserver<BatchCommandsResponse>) client;
      call.setOnCancelHandler(() -> {});
      return new StreamObserver<>() {
        @Override
        public void onNext(BatchCommandsRequest request) {
          var response = BatchCommandsResponse.newBuilder();
          response
              .addResponsesBuilder()
              .getRawGetBuilder()
              .setValue(ByteString.copyFrom(new byte[ANSWER_BYTES]));
          call.onNext(response.build());
          assertThat(call.isReady()).isFalse();
        }

        @Override
        public void onError(Throwable broken) {}

        @Override
        public void onCompleted() {
          call.onCompleted();
        }
      };
    }
  }

  /** Another store's messages. */
  private final class Fellow extends InternalGrpc.InternalImplBase {
    @Override
    public StreamObserver<RaftBatch> raft(StreamObserver<RaftDone> peer) {
      return new StreamObserver<>() {
        @Override
        public void onNext(RaftBatch batch) {
          raftBatches.incrementAndGet();
        }

        @Override
        public void onError(Throwable broken) {}

        @Override
        public void onCompleted() {
          peer.onNext(RaftDone.getDefaultInstance());
          peer.onCompleted();
        }
      };
    }
  }

  /** A call that reads when it is told to. */
  private static final class Call<Q, R> extends ClientCall.Listener<R> {
    private final ClientCall<Q, R> call;
    private volatile @Nullable Status end;

    Call(ManagedChannel channel, MethodDescriptor<Q, R> method, Q request) {
      call = channel.newCall(method, CallOptions.DEFAULT);
      call.start(this, new Metadata());
      call.sendMessage(request);
    }

    /** How it ended, once it has. */
    Status end() {
      await().until(() -> end != null);
      return Objects.requireNonNull(end);
    }

    @Override
    public void onMessage(R message) {}

    @Override
    public void onClose(Status status, Metadata trailers) {
      end = status;
    }
  }

  @Test
  void anAnswerIsCountedUntilItsClientHasReadIt() {
    var call = new Call<>(channel, TikvGrpc.getRawGetMethod(), RawGetRequest.getDefaultInstance());
    call.call.halfClose();
    await().until(() -> budget.taken() > ANSWER_BYTES);
    assertThat(traffic.openCalls()).isEqualTo(1);
    call.call.request(2);
    await().until(() -> budget.taken() == 0);
    assertThat(call.end()).isEqualTo(Status.OK);
  }

  @Test
  void whatAClientDoesNotReadIsGivenBackWhenItGoes() {
    var call = new Call<>(channel, TikvGrpc.getRawGetMethod(), RawGetRequest.getDefaultInstance());
    call.call.halfClose();
    await().until(() -> budget.taken() > ANSWER_BYTES);
    call.call.cancel("gone", null);
    await().until(() -> budget.taken() == 0);
  }

  @Test
  void anAnswerForWhichThereIsNoRoomIsRefusedAndTheNextIsNot() {
    Charge others = budget.open(Traffic.RAFT);
    assertThat(others.take(BUDGET / 2)).isTrue();
    var call = new Call<>(channel, TikvGrpc.getRawGetMethod(), RawGetRequest.getDefaultInstance());
    call.call.request(2);
    call.call.halfClose();
    assertThat(call.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(call.end().getDescription()).contains("memory");
    assertThat(put(10)).isFalse();
    others.close();
    await().until(() -> budget.taken() == 0);
  }

  @Test
  void whoLeavesAnAnswerUnreadIsCutOffOnceOthersAreRefusedForIt() {
    var unread =
        new Call<>(channel, TikvGrpc.getRawGetMethod(), RawGetRequest.getDefaultInstance());
    unread.call.halfClose();
    await().until(() -> budget.taken() > ANSWER_BYTES);
    ManagedChannel other = connect();
    try {
      nowNanos.addAndGet(3 * UnreadAnswers.GRACE_NANOS / 10); // for two mebibytes
      assertThat(put(other, 3 << 19)).isTrue();
      await().until(() -> budget.taken() < ANSWER_BYTES + (1 << 20));
      assertThat(unread.end).isNull();

      nowNanos.addAndGet(UnreadAnswers.GRACE_NANOS);
      assertThat(put(other, 3 << 19)).isTrue();
      await().until(() -> budget.taken() == 0);
      assertThat(put(other, 3 << 19)).isFalse();
      unread.call.request(2);
      assertThat(unread.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    } finally {
      other.shutdownNow();
    }
  }

  /** All of its message has come, and the client never says that this was all. */
  @Test
  void whoLeavesARequestOpenIsCutOffOnceOthersAreRefusedForIt() {
    leavesUnfinished((tracer, sending) -> {
      byte[] large =
          RawPutRequest.newBuilder()
              .setValue(ByteString.copyFrom(new byte[5 << 19]))
              .build()
              .toByteArray();
      sending.accept(new ByteArrayInputStream(large));
    });
  }

  /** Of which a part has come, and no more does. */
  @Test
  void whoLeavesAMessageHalfSentIsCutOffOnceOthersAreRefusedForIt() {
    leavesUnfinished((tracer, sending) -> tracer.inboundWireSize(5 << 19));
  }

  private void leavesUnfinished(BiConsumer<ServerStreamTracer, Consumer<InputStream>> client) {
    AtomicInteger hungUp = new AtomicInteger();
    ServerStreamTracer tracer =
        traffic.partialMessages().newServerStreamTracer("tikvpb.Tikv/RawPut", new Metadata());
    var method = traffic.guard(new Store().bindService().getMethod("tikvpb.Tikv/RawPut"));
    tracer
        .filterContext(Context.current())
        .run(() -> client.accept(tracer, start(method, hungUp::incrementAndGet)));
    await().until(() -> budget.taken() > 5 << 19);
    assertThat(put(3 << 19)).isTrue();
    assertThat(hungUp).hasValue(0);
    nowNanos.addAndGet(2 * UnreadAnswers.GRACE_NANOS);
    assertThat(put(3 << 19)).isTrue();
    await().until(() -> hungUp.get() == 1);
    tracer.streamClosed(Status.UNAVAILABLE);
    await().until(() -> !put(3 << 19));
  }

  /** Begins a call that nobody hears of, and returns where its messages come in. */
  private static <Q, R> Consumer<InputStream> start(
      ServerMethodDefinition<Q, R> method, Runnable hangUp) {
    ServerCall<Q, R> call =
        new ServerCall<>() {
          @Override
          public void request(int count) {}

          @Override
          public void sendHeaders(Metadata headers) {}

          @Override
          public void sendMessage(R message) {}

          @Override
          public void close(Status status, Metadata trailers) {}

          @Override
          public boolean isCancelled() {
            return false;
          }

          @Override
          public Attributes getAttributes() {
            return Attributes.newBuilder().set(NodeTraffic.HANG_UP, hangUp).build();
          }

          @Override
          public MethodDescriptor<Q, R> getMethodDescriptor() {
            return method.getMethodDescriptor();
          }
        };
    ServerCall.Listener<Q> listener = method.getServerCallHandler().startCall(call, new Metadata());
    return bytes -> listener.onMessage(method.getMethodDescriptor().parseRequest(bytes));
  }

  /**
   * gRPC bears neither at once: what is written to would be handed on, and used again, beneath the
   * writer.
   */
  @Test
  void aCallThatEndsWhileAnotherThreadSendsIsClosedWhenThatIsDone() throws InterruptedException {
    List<String> told = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch sending = new CountDownLatch(1);
    CountDownLatch mayGoOn = new CountDownLatch(1);
    MethodDescriptor<BatchCommandsRequest, BatchCommandsResponse> method =
        TikvGrpc.getBatchCommandsMethod();
    ServerCall<BatchCommandsRequest, BatchCommandsResponse> grpc =
        new ServerCall<>() {
          @Override
          public void request(int count) {}

          @Override
          public void sendHeaders(Metadata headers) {
            told.add("headers");
          }

          @Override
          public void sendMessage(BatchCommandsResponse message) {
            sending.countDown();
            awaitUninterruptibly(mayGoOn);
            told.add("message");
          }

          @Override
          public void close(Status status, Metadata trailers) {
            told.add("close");
          }

          @Override
          public boolean isCancelled() {
            return false;
          }

          @Override
          public MethodDescriptor<BatchCommandsRequest, BatchCommandsResponse>
              getMethodDescriptor() {
            return method;
          }
        };
    CallTraffic ofCall = traffic.open(method.getFullMethodName());
    var call = new CountedCall<>(grpc, ofCall, traffic.unread());
    Thread sender =
        Thread.ofPlatform()
            .start(() -> {
              call.sendHeaders(new Metadata());
              call.sendMessage(BatchCommandsResponse.getDefaultInstance());
              call.sendMessage(BatchCommandsResponse.getDefaultInstance());
            });
    sending.await();
    call.close(Status.INTERNAL, new Metadata());
    call.refuse();
    assertThat(told).containsExactly("headers");
    assertThat(call.isReady()).isFalse();
    mayGoOn.countDown();
    sender.join();
    call.sendHeaders(new Metadata());
    assertThat(told).containsExactly("headers", "message", "close");
    ofCall.end();
  }

  @Test
  void aStreamIsNotReadyWhileItsAnswersAreUnreadAndTheyAreCounted() {
    var call =
        new Call<>(
            channel, TikvGrpc.getBatchCommandsMethod(), BatchCommandsRequest.getDefaultInstance());
    await().until(() -> budget.taken() > ANSWER_BYTES);
    call.call.request(1);
    await().until(() -> budget.taken() == traffic.idleBytes());
    assertThat(traffic.openCalls()).isEqualTo(1);
    call.call.sendMessage(BatchCommandsRequest.getDefaultInstance());
    await().until(() -> budget.taken() > ANSWER_BYTES);
    call.call.cancel("gone", null);
    await().until(() -> budget.taken() == 0);
  }

  /** Whether a put of so many bytes was told that the server is busy. */
  private boolean put(int bytes) {
    return put(channel, bytes);
  }

  private static boolean put(ManagedChannel channel, int bytes) {
    RawPutRequest request =
        RawPutRequest.newBuilder().setValue(ByteString.copyFrom(new byte[bytes])).build();
    RawPutResponse response = TikvGrpc.newBlockingStub(channel).rawPut(request);
    assertThat(response.hasRegionError()).isEqualTo(response.getRegionError().hasServerIsBusy());
    return response.hasRegionError();
  }

  @Test
  void aRequestForWhichThereIsNoRoomIsRefusedBeforeAllOfItHasCome() {
    assertThat(put(1 << 20)).isFalse();
    assertThat(put(8 << 20)).isTrue(); // larger than all there is
    assertThat(puts).hasValue(1);
    await().until(() -> budget.taken() == 0);
    Charge others = budget.open(Traffic.RAFT);
    assertThat(others.take(BUDGET / 2)).isTrue();
    assertThat(put(3 << 19)).isTrue();
    await().until(() -> budget.taken() == BUDGET / 2);
    assertThat(put(1000)).isFalse();
    others.close();
    assertThat(put(3 << 19)).isFalse();
    assertThat(puts).hasValue(3);
    await().until(() -> budget.taken() == 0);
  }

  @Test
  void aLargeMessageIsHandedOverOnTheLoopAlthoughItIsDecodedElsewhere() {
    assertThat(put(1 << 20)).isFalse();
    assertThat(decodedOn.join()).startsWith("node-traffic-test");
  }

  @Test
  void aCallForWhichThereIsNoRoomAtAllIsRefused() {
    Charge others = budget.open(Traffic.RAFT);
    assertThat(others.take(BUDGET)).isTrue();
    assertThat(put(1)).isTrue();
    var stream =
        new Call<>(
            channel, TikvGrpc.getBatchCommandsMethod(), BatchCommandsRequest.getDefaultInstance());
    stream.call.request(1);
    assertThat(stream.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    others.close();
    assertThat(put(1)).isFalse();
  }

  // ---- what takes more in memory than on the wire

  private Status batchOf(int emptyPairs) {
    RawBatchPutRequest request =
        RawBatchPutRequest.newBuilder()
            .addAllPairs(Collections.nCopies(emptyPairs, KvPair.getDefaultInstance()))
            .build();
    try {
      RawBatchPutResponse response = TikvGrpc.newBlockingStub(channel).rawBatchPut(request);
      return response.getRegionError().hasServerIsBusy() ? Status.UNAVAILABLE : Status.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus();
    }
  }

  @Test
  void aMessageIsCountedByWhatItTakesOnceItIsDecoded() {
    assertThat(batchOf(10_000).getCode()).isEqualTo(Status.Code.OK);
    Charge others = budget.open(Traffic.RAFT);
    assertThat(others.take(BUDGET - BUDGET / 4 - (500 << 10))).isTrue();
    assertThat(batchOf(10_000).getCode())
        .as("20 kB, as objects 800 kB")
        .isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(put(100_000)).isFalse();
    others.close();
    assertThat(batches).hasValue(1);
  }

  @Test
  void aMessageThatNeverFitsInMemoryIsRefusedByNameBeforeItIsDecoded() {
    for (int emptyPairs : new int[] {100_000, 500_000}) {
      Status refused = batchOf(emptyPairs);
      assertThat(refused.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      assertThat(refused.getDescription()).contains("3145728").contains("several smaller");
    }
    assertThat(batches).hasValue(0);
    assertThat(batchOf(10).getCode()).isEqualTo(Status.Code.OK);
  }

  private Status zipped(int zeros) {
    RawPutRequest request =
        RawPutRequest.newBuilder().setValue(ByteString.copyFrom(new byte[zeros])).build();
    try {
      RawPutResponse response =
          TikvGrpc.newBlockingStub(channel).withCompression("gzip").rawPut(request);
      return response.getRegionError().hasServerIsBusy() ? Status.UNAVAILABLE : Status.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus();
    }
  }

  @Test
  void whatIsCompressedIsCountedByWhatItBecomes() {
    assertThat(zipped(10).getCode()).isEqualTo(Status.Code.OK);
    assertThat(zipped(1 << 20).getCode()).isEqualTo(Status.Code.OK);
    assertThat(zipped(8 << 20).getCode())
        .as("8 kB, as bytes 8 MiB")
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    Charge others = budget.open(Traffic.RAFT);
    assertThat(others.take(BUDGET / 2)).isTrue();
    assertThat(zipped(1 << 20).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(zipped(1000).getCode()).isEqualTo(Status.Code.OK);
    others.close();
    assertThat(puts).hasValue(3);
  }

  @Test
  void otherStoresDoNotWaitForClientsLargeMessages() throws InterruptedException {
    CountDownLatch released = new CountDownLatch(1);
    assertThat(decoders.submit(() -> awaitUninterruptibly(released))).isTrue();
    try {
      var stream =
          new Call<>(
              channel,
              InternalGrpc.getRaftMethod(),
              RaftBatch.newBuilder()
                  .addEnvelopes(
                      RaftEnvelope.newBuilder().setStartKey(ByteString.copyFrom(new byte[1 << 20])))
                  .build());
      await().until(() -> raftBatches.get() == 1);
      stream.call.cancel("seen", null);
    } finally {
      released.countDown();
    }
  }

  /** Decoding it on the loop instead would hold up everybody. */
  @Test
  void aLargeMessageIsRefusedWhenTooManyWaitForBeingDecoded() {
    CountDownLatch released = new CountDownLatch(1);
    try {
      assertThat(decoders.submit(() -> awaitUninterruptibly(released))).isTrue();
      await().until(() -> decoders.queued() == 0);
      while (decoders.submit(() -> awaitUninterruptibly(released))) {
        // until the queue is full
      }
      assertThat(put(1 << 20)).isTrue();
      assertThat(put(1000)).isFalse();
    } finally {
      released.countDown();
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void theLargeMessagesOfOtherStoresLeaveRoomForWhatIsSmall() {
    Charge stranger = budget.open(Traffic.PEERS);
    while (stranger.take(100_000)) {
      // until it gets no more
    }
    assertThat(put(10)).isFalse();
    stranger.close();
  }
}
