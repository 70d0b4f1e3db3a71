package dev.terrane.bench.soak;

import com.google.protobuf.ByteString;
import dev.terrane.proto.kvrpcpb.RawGetRequest;
import dev.terrane.proto.kvrpcpb.RawGetResponse;
import dev.terrane.proto.tikvpb.BatchCommandsRequest;
import dev.terrane.proto.tikvpb.BatchCommandsResponse;
import dev.terrane.proto.tikvpb.TikvGrpc;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Many connections, each with a batch stream of its own and a get on it every second. */
final class Connections {
  private static final long PERIOD_MILLIS = 1_000;

  private final Route route;
  private final Outcomes outcomes;
  private final List<ManagedChannel> channels = new ArrayList<>();

  Connections(Route route, Outcomes outcomes) {
    this.route = route;
    this.outcomes = outcomes;
  }

  void open(int count, Supplier<ManagedChannel> dial, ScheduledExecutorService timer) {
    for (int i = 0; i < count; i++) {
      ManagedChannel channel = dial.get();
      channels.add(channel);
      Stream stream = new Stream(i);
      stream.requests = TikvGrpc.newStub(channel).batchCommands(stream);
      var _ =
          timer.scheduleAtFixedRate(
              stream::get, PERIOD_MILLIS * i / count, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  void close() {
    channels.forEach(ManagedChannel::shutdownNow);
  }

  private final class Stream implements StreamObserver<BatchCommandsResponse> {
    private final SplittableRandom random;

    /** 0 while none is under way. */
    private final AtomicLong startedNanos = new AtomicLong();

    private StreamObserver<BatchCommandsRequest> requests = new Ended();

    Stream(int number) {
      random = new SplittableRandom(number);
    }

    /** Unless the one before is still waited for: its latency tells then. */
    synchronized void get() {
      if (startedNanos.compareAndSet(0, System.nanoTime())) {
        RawGetRequest get =
            RawGetRequest.newBuilder()
                .setContext(route.context())
                .setKey(
                    ByteString.copyFrom(
                        Data.smallKey(random.nextInt(Data.SMALL_KEYS)).toByteArray()))
                .build();
        requests.onNext(
            BatchCommandsRequest.newBuilder()
                .addRequestIds(1)
                .addRequests(BatchCommandsRequest.Request.newBuilder().setRawGet(get))
                .build());
      }
    }

    @Override
    public void onNext(BatchCommandsResponse answers) {
      for (BatchCommandsResponse.Response answer : answers.getResponsesList()) {
        long started = startedNanos.getAndSet(0);
        RawGetResponse get = answer.getRawGet();
        if (get.getRegionError().hasServerIsBusy()) {
          outcomes.busy();
        } else if (get.hasRegionError() || get.getNotFound()) {
          outcomes.failed(get.hasRegionError() ? get.getRegionError() : "a key is not there");
        } else if (started != 0) {
          outcomes.well(System.nanoTime() - started);
        }
      }
    }

    @Override
    public void onError(Throwable broken) {
      outcomes.failed(broken);
      requests = new Ended();
    }

    @Override
    public void onCompleted() {
      onError(new IllegalStateException("the server ended a stream"));
    }
  }

  /** In place of a stream that is not there any more. */
  private static final class Ended implements StreamObserver<BatchCommandsRequest> {
    @Override
    public void onNext(BatchCommandsRequest request) {}

    @Override
    public void onError(Throwable broken) {}

    @Override
    public void onCompleted() {}
  }
}
