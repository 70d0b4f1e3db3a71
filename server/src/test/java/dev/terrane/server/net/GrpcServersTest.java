package dev.terrane.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.terrane.common.traffic.TrafficBudget;
import dev.terrane.proto.NotTaken;
import dev.terrane.proto.kvrpcpb.RawPutRequest;
import dev.terrane.proto.kvrpcpb.RawPutResponse;
import dev.terrane.proto.tikvpb.BatchCommandsRequest;
import dev.terrane.proto.tikvpb.BatchCommandsResponse;
import dev.terrane.proto.tikvpb.TikvGrpc;
import dev.terrane.server.run.SystemTimeSource;
import dev.terrane.server.traffic.NodeTraffic;
import dev.terrane.txn.ReadPool;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every server of a node does for every service on it. */
class GrpcServersTest {
  private static final int MESSAGE_BYTES_MAX = 64 << 10;
  private static final int PLACES = 100;

  private final EventLoops loops = new EventLoops("grpc-servers-test", 1);
  private final BlockingQueue<Status> ends = new LinkedBlockingQueue<>();
  private final BlockingQueue<BatchCommandsResponse> echoes = new LinkedBlockingQueue<>();
  private final ConnectionGate gate = new ConnectionGate(PLACES, new SystemTimeSource());
  private GrpcServers servers;
  private GrpcServer server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws IOException {
    ReadPool atOnce =
        new ReadPool() {
          @Override
          public boolean submit(Runnable work) {
            work.run();
            return true;
          }

          @Override
          public void resume(Runnable slice) {
            slice.run();
          }
        };
    NodeTraffic traffic =
        new NodeTraffic(
            new TrafficBudget(1 << 20),
            Runnable::run,
            atOnce,
            atOnce,
            null,
            new SystemTimeSource());
    servers = new GrpcServers(loops, gate, MESSAGE_BYTES_MAX, traffic, (where, failure) -> {});
    LateServices services = servers.services();
    services.offer(List.of(new Echo()));
    server = servers.start("address", new HostPort("127.0.0.1", 0), services, Set.of());
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.close();
    loops.close();
  }

  /** Its port is told to others before there is anything behind it. */
  @Test
  void whoeverCallsTooEarlyHearsThatNothingWasDone() throws IOException {
    try (GrpcServer early =
        servers.start("address", new HostPort("127.0.0.1", 0), servers.services(), Set.of())) {
      ManagedChannel toEarly =
          NettyChannelBuilder.forAddress("127.0.0.1", early.port()).usePlaintext().build();
      try {
        assertThatExceptionOfType(StatusRuntimeException.class)
            .isThrownBy(
                () -> TikvGrpc.newBlockingStub(toEarly).rawPut(RawPutRequest.getDefaultInstance()))
            .matches(e -> e.getTrailers() != null && NotTaken.is(e.getStatus(), e.getTrailers()));
      } finally {
        toEarly.shutdownNow();
      }
    }
  }

  /** Those that say nothing give their places to others at once, and the rest is served. */
  @Test
  void manyIdleConnectionsTakeNoMoreThanThePlacesThereAre() throws IOException {
    List<Socket> idle = new ArrayList<>();
    try {
      for (int i = 0; i < 4 * PLACES; i++) {
        idle.add(new Socket(InetAddress.getLoopbackAddress(), server.port()));
      }
      await().until(() -> gate.closed() >= 3 * PLACES && gate.open() <= PLACES);

      TikvGrpc.newBlockingStub(channel)
          .withDeadlineAfter(30, TimeUnit.SECONDS)
          .rawPut(RawPutRequest.getDefaultInstance());

      assertThat(gate.open()).isLessThanOrEqualTo(PLACES);
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }

  /** What ends at once is in no bound of what is under way, and each costs the server a call. */
  @Test
  void whoBeginsCallsAndGivesThemUpWithoutPauseIsCutOff() throws IOException {
    try (HastyConnection hasty = HastyConnection.open(server.port())) {
      await().until(() -> hasty.callsUntilCutOff(1_000) < 1_000);
      assertThat(hasty.calls()).isGreaterThan(5_000);
    }
    TikvGrpc.newBlockingStub(channel)
        .withDeadlineAfter(30, TimeUnit.SECONDS)
        .rawPut(RawPutRequest.getDefaultInstance());
  }

  /** As when the deadlines of all that a client has under way pass together. */
  @Test
  void aThousandCallsGivenUpTogetherAreNoReasonToCutAClientOff() {
    StreamObserver<BatchCommandsRequest> stays = open();
    for (int i = 0; i < 5_000; i++) {
      ClientCall<BatchCommandsRequest, BatchCommandsResponse> call =
          channel.newCall(TikvGrpc.getBatchCommandsMethod(), CallOptions.DEFAULT);
      call.start(new ClientCall.Listener<>() {}, new Metadata());
      call.cancel("the deadline has passed", null);
    }
    stays.onNext(BatchCommandsRequest.newBuilder().addRequestIds(7).build());
    await().until(() -> !echoes.isEmpty() || !ends.isEmpty());
    assertThat(ends).isEmpty();
  }

  private static final class Echo extends TikvGrpc.TikvImplBase {
    @Override
    public void rawPut(RawPutRequest request, StreamObserver<RawPutResponse> client) {
      client.onNext(RawPutResponse.getDefaultInstance());
      client.onCompleted();
    }

    @Override
    public StreamObserver<BatchCommandsRequest> batchCommands(
        StreamObserver<BatchCommandsResponse> client) {
      return new StreamObserver<>() {
        @Override
        public void onNext(BatchCommandsRequest request) {
          client.onNext(
              BatchCommandsResponse.newBuilder()
                  .addAllRequestIds(request.getRequestIdsList())
                  .build());
        }

        @Override
        public void onError(Throwable broken) {}

        @Override
        public void onCompleted() {
          client.onCompleted();
        }
      };
    }
  }

  private StreamObserver<BatchCommandsRequest> open() {
    return TikvGrpc.newStub(channel)
        .batchCommands(
            new StreamObserver<>() {
              @Override
              public void onNext(BatchCommandsResponse response) {
                echoes.add(response);
              }

              @Override
              public void onError(Throwable failure) {
                ends.add(Status.fromThrowable(failure));
              }

              @Override
              public void onCompleted() {
                ends.add(Status.OK);
              }
            });
  }

  private Status put(int valueBytes) {
    try {
      TikvGrpc.newBlockingStub(channel)
          .withDeadlineAfter(30, TimeUnit.SECONDS)
          .rawPut(
              RawPutRequest.newBuilder()
                  .setValue(ByteString.copyFrom(new byte[valueBytes]))
                  .build());
      return Status.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus();
    }
  }

  private static BatchCommandsRequest batch(long id) {
    return BatchCommandsRequest.newBuilder().addRequestIds(id).build();
  }

  private <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T next = queue.poll(30, TimeUnit.SECONDS);
    assertThat(next).isNotNull();
    return next;
  }

  @Test
  void aMessageOverTheLimitIsRefusedAndItsConnectionLivesOn() throws Exception {
    StreamObserver<BatchCommandsRequest> bystander = open();
    bystander.onNext(batch(1));
    assertThat(next(echoes).getRequestIdsList()).containsExactly(1L);

    assertThat(put(MESSAGE_BYTES_MAX / 2)).isEqualTo(Status.OK);
    Status refused = put(MESSAGE_BYTES_MAX);
    assertThat(refused.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(refused.getDescription()).contains("65536");

    StreamObserver<BatchCommandsRequest> large = open();
    large.onNext(
        BatchCommandsRequest.newBuilder()
            .addRequests(
                BatchCommandsRequest.Request.newBuilder()
                    .setRawPut(
                        RawPutRequest.newBuilder()
                            .setValue(ByteString.copyFrom(new byte[MESSAGE_BYTES_MAX]))))
            .build());
    assertThat(next(ends).getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);

    bystander.onNext(batch(2));
    assertThat(next(echoes).getRequestIdsList()).containsExactly(2L);
    bystander.onCompleted();
    assertThat(next(ends)).isEqualTo(Status.OK);
  }

  @Test
  void aServerThatDrainsEndsItsStreamsAndThenHasNothingLeft() throws Exception {
    StreamObserver<BatchCommandsRequest> stream = open();
    stream.onNext(batch(1));
    next(echoes);
    assertThat(server.awaitDrained(0)).isFalse();
    server.drain();
    Status end = next(ends);
    assertThat(end.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(end.getDescription()).isEqualTo("this node is stopping");
    assertThat(server.awaitDrained(TimeUnit.SECONDS.toNanos(30))).isTrue();
    assertThat(put(1).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
  }
}
