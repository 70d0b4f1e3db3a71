package dev.terrane.bench.load;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a number of operations under way until it is told to stop. The completion of one starts the
 * next, on whatever thread it arrives.
 */
final class ClosedLoop {
  private static final long LATENCY_NANOS_MAX = 120_000_000_000L;

  private final Supplier<CompletableFuture<?>> start;
  private final CountDownLatch ended;
  private final Recorder latencies = new Recorder(LATENCY_NANOS_MAX, 3);
  private final LongAdder failures = new LongAdder();
  private volatile @Nullable Throwable lastFailure;
  private volatile boolean stopping;

  /**
   * @param start starts one operation; called by one thread at a time
   */
  ClosedLoop(Supplier<CompletableFuture<?>> start, int outstanding) {
    this.start = start;
    this.ended = new CountDownLatch(outstanding);
    for (int i = 0; i < outstanding; i++) {
      next();
    }
  }

  /** Latencies in nanoseconds of what ended well since the last call, and their number. */
  Histogram takeLatencies() {
    return latencies.getIntervalHistogram();
  }

  long failures() {
    return failures.sum();
  }

  /** The last failure, to be shown beside their number. */
  @Nullable Throwable lastFailure() {
    return lastFailure;
  }

  /** Starts nothing more and waits for what is under way. */
  void stop() throws InterruptedException {
    stopping = true;
    ended.await();
  }

  private void next() {
    if (stopping) {
      ended.countDown();
      return;
    }
    long startNanos = System.nanoTime();
    CompletableFuture<?> operation;
    synchronized (this) {
      operation = start.get();
    }
    CompletableFuture<?> _ =
        operation.whenComplete((result, failure) -> {
          record(startNanos, failure);
          next();
        });
  }

  private void record(long startNanos, @Nullable Throwable failure) {
    if (failure == null) {
      latencies.recordValue(Math.min(System.nanoTime() - startNanos, LATENCY_NANOS_MAX));
    } else {
      failures.increment();
      lastFailure = failure;
    }
  }
}
