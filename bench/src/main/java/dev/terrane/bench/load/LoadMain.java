package dev.terrane.bench.load;

import com.google.errorprone.annotations.FormatMethod;
import dev.terrane.client.ClientBuilder;
import dev.terrane.client.TerraneClient;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Runs the load that its options describe and prints what came of it. */
public final class LoadMain {
  private static final long INTERVAL_MILLIS = 100;
  private static final Duration FIRST_PUT_PATIENCE = Duration.ofSeconds(60);
  private static final long FIRST_PUT_PAUSE_MILLIS = 10;

  private final LoadOptions options;

  private LoadMain(LoadOptions options) {
    this.options = options;
  }

  public static void main(String[] args) throws Exception {
    LoadOptions options;
    try {
      options = LoadOptions.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage() + "\n" + LoadOptions.USAGE);
      System.exit(2);
      return;
    }
    new LoadMain(options).run();
  }

  private void run() throws IOException, InterruptedException {
    ClientBuilder builder =
        TerraneClient.builder(options.pd().toArray(String[]::new))
            .outstandingMax(options.outstanding() + 1);
    if (options.firstPut()) {
      builder.connectTimeout(FIRST_PUT_PATIENCE).requestTimeout(FIRST_PUT_PATIENCE);
    }
    try (TerraneClient client = builder.open()) {
      Operations operations = new Operations(client.raw(), options);
      if (options.firstPut()) {
        putFirst(operations);
        return;
      }
      if (options.fill()) {
        fill(operations);
      }
      if (options.duration().isZero()) {
        return;
      }
      ClosedLoop loop = new ClosedLoop(operations::startNext, options.outstanding());
      pause(options.warmup());
      if (options.killPid() != 0) {
        measureRecovery(loop);
      } else if (options.catchUp().isEmpty()) {
        measure(loop, () -> pause(options.duration()));
      } else {
        measure(loop, this::awaitCatchUp);
      }
      loop.stop();
      if (loop.failures() > 0) {
        print("failures %,d, the last: %s", loop.failures(), String.valueOf(loop.lastFailure()));
      }
    }
  }

  /** A cluster that is starting answers at first that it has no store yet. */
  private static void putFirst(Operations operations) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + FIRST_PUT_PATIENCE.toNanos();
    while (true) {
      try {
        operations.startFill(0).join();
        print("result first_put_epoch_millis=%d", System.currentTimeMillis());
        return;
      } catch (CompletionException e) {
        if (System.nanoTime() > deadlineNanos) {
          throw e;
        }
        TimeUnit.MILLISECONDS.sleep(FIRST_PUT_PAUSE_MILLIS);
      }
    }
  }

  private void fill(Operations operations) throws InterruptedException {
    Semaphore free = new Semaphore(options.outstanding());
    CountDownLatch failed = new CountDownLatch(1);
    for (int key = 0; key < options.keys(); key++) {
      free.acquire();
      var _ =
          operations
              .startFill(key)
              .whenComplete((result, failure) -> {
                if (failure != null) {
                  failed.countDown();
                }
                free.release();
              });
    }
    free.acquire(options.outstanding());
    if (failed.getCount() == 0) {
      print("warning: not every key could be put beforehand");
    }
  }

  /** What is waited for while the load is measured. */
  private interface Period {
    void pass() throws IOException, InterruptedException;
  }

  private void awaitCatchUp() throws IOException, InterruptedException {
    AppliedIndex behind = new AppliedIndex(options.catchUp().getFirst());
    long wanted = new AppliedIndex(options.catchUp().getLast()).read();
    long startNanos = System.nanoTime();
    long reached = behind.read();
    while (reached < wanted && System.nanoTime() - startNanos < options.duration().toNanos()) {
      TimeUnit.MILLISECONDS.sleep(INTERVAL_MILLIS);
      reached = behind.read();
    }
    long millis = (System.nanoTime() - startNanos) / 1_000_000;
    print(
        "result caught_up=%s catch_up_millis=%d applied=%d wanted=%d",
        reached >= wanted, millis, reached, wanted);
  }

  private void measure(ClosedLoop loop, Period period) throws IOException, InterruptedException {
    ServerUsage before = ServerUsage.read(options.pids(), options.statusAddresses());
    List<Long> self = List.of(ProcessHandle.current().pid());
    ServerUsage ownBefore = ServerUsage.read(self, List.of());
    loop.takeLatencies();
    long startNanos = System.nanoTime();
    period.pass();
    Histogram latencies = loop.takeLatencies();
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    ServerUsage after = ServerUsage.read(options.pids(), options.statusAddresses());
    ServerUsage ownAfter = ServerUsage.read(self, List.of());
    long count = latencies.getTotalCount();
    print(
        "%s, %d outstanding, %d keys, %d-byte values: %,.0f/s; p50 %.3f ms, p99 %.3f ms, max %.1f ms",
        options.mode().name().toLowerCase(Locale.ROOT),
        options.outstanding(),
        options.keys(),
        options.valueBytes(),
        count / seconds,
        latencies.getValueAtPercentile(50) / 1e6,
        latencies.getValueAtPercentile(99) / 1e6,
        latencies.getMaxValue() / 1e6);
    reportUsage(before, after, Math.max(1, count));
    print(
        "  this process: %.2f us of CPU per operation",
        ownAfter.cpuMicrosSince(ownBefore) / (double) Math.max(1, count));
    print(
        "result rate=%.1f p50_ms=%.3f p99_ms=%.3f cpu_us=%.2f syncs_per_1000=%.2f failures=%d",
        count / seconds,
        latencies.getValueAtPercentile(50) / 1e6,
        latencies.getValueAtPercentile(99) / 1e6,
        after.cpuMicrosSince(before) / (double) Math.max(1, count),
        after.syncsSince(before) * 1_000 / Math.max(1, count) / Math.max(1, after.syncs().size()),
        loop.failures());
  }

  private static void reportUsage(ServerUsage before, ServerUsage after, long count) {
    for (var cpu : after.cpuMicros().entrySet()) {
      double micros = cpu.getValue() - before.cpuMicros().getOrDefault(cpu.getKey(), 0L);
      print("  process %d: %.2f us of CPU per operation", cpu.getKey(), micros / count);
    }
    if (after.cpuMicros().size() > 1) {
      print(
          "  all processes: %.2f us of CPU per operation",
          after.cpuMicrosSince(before) / (double) count);
    }
    for (var syncs : after.syncs().entrySet()) {
      double more = syncs.getValue() - before.syncs().getOrDefault(syncs.getKey(), 0.0);
      print("  node %s: %.1f syncs per 1,000 operations", syncs.getKey(), more * 1_000 / count);
    }
  }

  private void measureRecovery(ClosedLoop loop) throws InterruptedException {
    Recovery recovery = new Recovery(INTERVAL_MILLIS);
    long intervals = options.duration().toMillis() / INTERVAL_MILLIS;
    long killAt = options.killAfter().toMillis() / INTERVAL_MILLIS;
    loop.takeLatencies();
    long nextNanos = System.nanoTime();
    for (long interval = 0; interval < intervals; interval++) {
      if (interval == killAt) {
        recovery.fault();
        ProcessHandle.of(options.killPid()).ifPresent(ProcessHandle::destroyForcibly);
      }
      nextNanos += INTERVAL_MILLIS * 1_000_000;
      TimeUnit.NANOSECONDS.sleep(nextNanos - System.nanoTime());
      recovery.add(loop.takeLatencies().getTotalCount());
    }
    OptionalLong millis = recovery.recoveryMillis();
    print(
        "killed %d: %,.0f/s before; %s; longest silence %d ms",
        options.killPid(),
        recovery.rateBefore(),
        millis.isPresent()
            ? "back at 90 % after " + millis.getAsLong() + " ms"
            : "never back at 90 %",
        recovery.longestSilenceMillis());
    print("  completions in each %d ms after it: %s", INTERVAL_MILLIS, recovery.afterFault());
    print(
        "result rate_before=%.1f recovery_ms=%d silence_ms=%d",
        recovery.rateBefore(), millis.orElse(-1), recovery.longestSilenceMillis());
  }

  /** Lets the load go on by itself for some time. */
  private static void pause(Duration duration) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(duration.toNanos());
  }

  @FormatMethod
  private static void print(String format, Object... arguments) {
    System.out.println(String.format(Locale.ROOT, format, arguments));
  }
}
