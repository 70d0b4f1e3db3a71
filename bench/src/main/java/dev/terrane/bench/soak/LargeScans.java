package dev.terrane.bench.soak;

import com.google.protobuf.ByteString;
import dev.terrane.proto.kvrpcpb.RawScanRequest;
import dev.terrane.proto.kvrpcpb.RawScanResponse;
import dev.terrane.proto.tikvpb.TikvGrpc;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Asks for large answers, in turn some that a small node has room for and some, with the row limit
 * of the protocol, that it has not: to read them, or to leave them where they are.
 */
final class LargeScans {
  private static final long BACKOFF_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long UNREAD_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final List<RawScanRequest> inTurn;
  private final Outcomes outcomes;
  private final BooleanSupplier stopping;

  LargeScans(Route route, Outcomes outcomes, BooleanSupplier stopping) {
    this.inTurn =
        List.of(
            scan(route, Data.WIDE_START, Data.WIDE_ROWS),
            scan(route, Data.WIDE_START, Data.WIDE_ROWS_THAT_FIT),
            scan(route, Data.HUGE_START, Data.HUGE_VALUES),
            scan(route, Data.HUGE_START, Data.HUGE_VALUES_THAT_FIT));
    this.outcomes = outcomes;
    this.stopping = stopping;
  }

  private static RawScanRequest scan(Route route, String start, int limit) {
    return RawScanRequest.newBuilder()
        .setContext(route.context())
        .setStartKey(ByteString.copyFromUtf8(start))
        .setLimit(limit)
        .build();
  }

  /** One after the other, on {@code channel}, until it is time to stop. */
  void readOverAndOver(ManagedChannel channel) {
    for (int turn = 0; !stopping.getAsBoolean(); turn = (turn + 1) % inTurn.size()) {
      RawScanRequest request = inTurn.get(turn);
      long started = System.nanoTime();
      try {
        RawScanResponse answer =
            ClientCalls.blockingUnaryCall(
                channel, TikvGrpc.getRawScanMethod(), CallOptions.DEFAULT, request);
        ended(answer, System.nanoTime() - started);
      } catch (StatusRuntimeException e) {
        failed(e);
      }
    }
  }

  private void ended(RawScanResponse answer, long nanos) {
    if (answer.getRegionError().hasServerIsBusy()) {
      outcomes.busy();
      LockSupport.parkNanos(BACKOFF_NANOS);
    } else if (answer.hasRegionError()) {
      failed(answer.getRegionError());
    } else if (answer.getKvsCount() > 0 && answer.getKvs(0).hasError()) {
      refused(answer.getKvs(0).getError().getAbort());
    } else {
      outcomes.well(nanos);
    }
  }

  /** An answer that is too large for any budget is refused in words. */
  private void refused(String words) {
    if (words.isEmpty()) {
      failed("a pair with an error");
    } else {
      outcomes.busy();
      LockSupport.parkNanos(BACKOFF_NANOS);
    }
  }

  private void failed(Object why) {
    if (!stopping.getAsBoolean()) {
      outcomes.failed(why);
      LockSupport.parkNanos(BACKOFF_NANOS);
    }
  }

  /** Leaves each answer unread for a while, and goes on to the next. */
  void neverRead(ManagedChannel channel) {
    while (!stopping.getAsBoolean()) {
      ClientCall<RawScanRequest, RawScanResponse> call =
          channel.newCall(TikvGrpc.getRawScanMethod(), CallOptions.DEFAULT);
      call.start(new ClientCall.Listener<>() {}, new Metadata());
      call.sendMessage(inTurn.getFirst());
      call.halfClose();
      // Without request(1) nothing of the answer is taken from the connection.
      long until = System.nanoTime() + UNREAD_NANOS;
      while (!stopping.getAsBoolean() && System.nanoTime() - until < 0) {
        LockSupport.parkNanos(BACKOFF_NANOS);
      }
      call.cancel("unread", null);
      outcomes.well(UNREAD_NANOS);
    }
  }
}
