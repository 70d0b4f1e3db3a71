package dev.terrane.client.core;

import static dev.terrane.client.core.Bench.key;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.terrane.client.ClientException;
import dev.terrane.client.InternalErrorException;
import dev.terrane.client.RawScan;
import dev.terrane.client.UndeterminedException;
import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.proto.errorpb.Error;
import dev.terrane.proto.kvrpcpb.Context;
import dev.terrane.proto.kvrpcpb.RawGetRequest;
import dev.terrane.proto.tikvpb.BatchCommandsRequest.Request;
import dev.terrane.proto.tikvpb.BatchCommandsResponse.Response;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A step that throws ends its own call, with what is known of it, and nobody else's. */
final class BrokenStepTest {
  private final Bench bench = new Bench();

  /** Where a call breaks. */
  enum Step {
    PREPARE,
    FIT,
    REQUEST,
    REGION_ERROR,
    SERVED
  }

  private final class Breaking extends BatchedCall {
    private final Step breaks;
    private final boolean write;
    private final Outcome<@Nullable Void> outcome;

    Breaking(Step breaks, boolean write, Outcome<@Nullable Void> outcome) {
      super(bench.core);
      this.breaks = breaks;
      this.write = write;
      this.outcome = outcome;
    }

    private void at(Step step) {
      if (step == breaks) {
        throw new StackOverflowError("planted at " + step);
      }
    }

    @Override
    void prepare(KeyCodec codec) {
      at(Step.PREPARE);
    }

    @Override
    void fit(CachedRegion region) {
      at(Step.FIT);
    }

    @Override
    Bytes routeKey() {
      return key("k");
    }

    @Override
    boolean isWrite() {
      return write;
    }

    @Override
    Response.CmdCase command() {
      return Response.CmdCase.RAW_GET;
    }

    @Override
    Request request(Context context) {
      at(Step.REQUEST);
      return Request.newBuilder().setRawGet(RawGetRequest.newBuilder().setContext(context)).build();
    }

    @Override
    @Nullable Error regionErrorOf(Response response) {
      at(Step.REGION_ERROR);
      return null;
    }

    @Override
    void served(Response response) {
      at(Step.SERVED);
    }

    @Override
    int bytes() {
      return 1;
    }

    @Override
    void completeExceptionally(ClientException failure) {
      outcome.failed(failure);
    }
  }

  private ClientException breakAt(Step step, boolean write) {
    Outcome<@Nullable Void> before = new Outcome<>();
    Outcome<@Nullable Void> broken = new Outcome<>();
    Outcome<@Nullable Void> after = new Outcome<>();
    bench.raw.put(key("a"), key("1"), java.time.Duration.ZERO, before);
    bench.core.submit(new Breaking(step, write, broken));
    bench.raw.put(key("b"), key("2"), java.time.Duration.ZERO, after);
    bench.network.runUntil(
        bench.core,
        () -> before.hasEnded() && broken.hasEnded() && after.hasEnded(),
        java.time.Duration.ofSeconds(1).toNanos());
    assertThat(before.hasSucceeded()).isTrue();
    assertThat(after.hasSucceeded()).isTrue();
    return broken.failure();
  }

  @ParameterizedTest
  @EnumSource(Step.class)
  void aReadFailsByTheErrorAndOthersGoOn(Step step) {
    assertThat(breakAt(step, false))
        .isInstanceOf(InternalErrorException.class)
        .hasMessageContaining("planted at " + step)
        .hasCauseInstanceOf(StackOverflowError.class);
  }

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"PREPARE", "FIT", "REQUEST"})
  void aWriteThatWasNotSentHasSurelyNotHappened(Step step) {
    assertThat(breakAt(step, true)).isInstanceOf(InternalErrorException.class);
  }

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"REGION_ERROR", "SERVED"})
  void aWriteThatWasSentIsUndetermined(Step step) {
    assertThat(breakAt(step, true))
        .isInstanceOf(UndeterminedException.class)
        .hasMessageContaining("planted at " + step);
  }

  /** No replica is to blame, and no other would have a smaller answer. */
  @Test
  void wantOfMemoryIsSaidAndTriedNowhereElse() {
    assertThat(bench.put("k", "v").hasSucceeded()).isTrue();
    int served = bench.cluster.served();
    Outcome<java.util.Optional<Bytes>> read = new Outcome<>();
    Outcome<@Nullable Void> write = new Outcome<>();
    bench.raw.get(key("k"), read);
    bench.raw.put(key("k"), key("2"), java.time.Duration.ZERO, write);
    bench.core.poll(bench.network);
    bench.network.runOutOfMemory(bench.cluster.address(1));
    bench.network.runUntil(
        bench.core, () -> read.hasEnded() && write.hasEnded(), Bench.MINUTE_NANOS);

    assertThat(read.failure())
        .isInstanceOf(InternalErrorException.class)
        .hasMessageContaining("too little memory");
    assertThat(write.failure()).isInstanceOf(UndeterminedException.class);
    assertThat(bench.cluster.served() - served).isLessThanOrEqualTo(2);
    assertThat(bench.get("k").hasSucceeded()).isTrue();
  }

  @Test
  void aTaskThatCannotStartFails() {
    Outcome<@Nullable Void> broken = new Outcome<>();
    bench.core.submit(
        new Task() {
          @Override
          public void start() {
            throw new IllegalStateException("planted");
          }

          @Override
          public void failed(ClientException failure) {
            broken.failed(failure);
          }
        });
    assertThat(bench.put("k", "v").hasSucceeded()).isTrue();
    assertThat(broken.failure()).isInstanceOf(InternalErrorException.class);
  }

  @Test
  void aTimerThatThrowsStopsNoOther() {
    Outcome<@Nullable Void> broken = new Outcome<>();
    Outcome<@Nullable Void> other = new Outcome<>();
    long at = bench.network.nanoTime() + 1_000_000;
    bench.core.timers().set(timer(() -> other.succeeded(null), new Outcome<>()), at);
    bench.core.timers().set(timer(BrokenStepTest::fail, broken), at);
    bench.core.timers().set(timer(BrokenStepTest::fail, new Outcome<>()), at);

    bench.network.pass(bench.core, 10_000_000);

    assertThat(other.hasSucceeded()).isTrue();
    assertThat(broken.failure()).hasMessageContaining("planted");
  }

  private static void fail() {
    throw new IllegalStateException("planted");
  }

  private static Timer timer(Runnable action, Outcome<@Nullable Void> whenBroken) {
    return new Timer() {
      @Override
      void fire() {
        action.run();
      }

      @Override
      void closing() {}

      @Override
      void broke(Throwable thrown) {
        whenBroken.failed(InternalErrorException.of(thrown));
      }
    };
  }

  /** Its answer cannot be made of what the store has said. */
  @Test
  void aScanWhoseAnswerCannotBeMadeFailsAndIsNotForgotten() {
    Bench version2 = new Bench(true, config -> config);
    assertThat(version2.put("a", "1").hasSucceeded()).isTrue();
    version2.cluster.distort(response -> {
      if (!response.hasRawScan()) {
        return response;
      }
      var cut = response.toBuilder();
      cut.getRawScanBuilder().getKvsBuilder(0).setKey(ByteString.copyFromUtf8("r"));
      return cut.build();
    });
    assertThat(version2.scan(RawScan.of(KeyRange.ALL, 10)).failure())
        .isInstanceOf(InternalErrorException.class);
  }

  /** What closes the client and who still submits meet at any two steps. */
  @Test
  @Timeout(60)
  void whatIsSubmittedWhileTheClientClosesEnds() throws Exception {
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      for (int round = 0; round < 3_000; round++) {
        Bench closing = new Bench();
        AtomicInteger ended = new AtomicInteger();
        CyclicBarrier begin = new CyclicBarrier(2);
        Future<Integer> submitting =
            other.submit(() -> {
              begin.await();
              int submitted = 0;
              while (submitted < 64) {
                closing.raw.get(key("k"), counting(ended));
                submitted++;
              }
              return submitted;
            });
        begin.await();
        closing.core.onClose();
        while (!submitting.isDone()) {
          closing.core.poll(closing.network);
        }
        int submitted = submitting.get();
        closing.core.poll(closing.network);
        assertThat(ended).as("round %d", round).hasValue(submitted);
      }
    } finally {
      other.shutdownNow();
    }
  }

  private static Completion<Optional<Bytes>> counting(AtomicInteger ended) {
    return new Completion<>() {
      @Override
      public void succeeded(Optional<Bytes> answer) {
        ended.incrementAndGet();
      }

      @Override
      public void failed(ClientException failure) {
        ended.incrementAndGet();
      }
    };
  }
}
