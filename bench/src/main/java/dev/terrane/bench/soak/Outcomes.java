package dev.terrane.bench.soak;

import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * How the calls of one kind of client ended: well, refused because the node has no room just now,
 * or failed. Thread-safe.
 */
final class Outcomes {
  private static final long LATENCY_NANOS_MAX = 600_000_000_000L;

  private final String name;
  private final Recorder latencies = new Recorder(LATENCY_NANOS_MAX, 3);
  private final Histogram all = new Histogram(LATENCY_NANOS_MAX, 3);
  private final LongAdder busy = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private volatile @Nullable Object lastFailure;

  Outcomes(String name) {
    this.name = name;
  }

  void well(long nanos) {
    latencies.recordValue(Math.min(Math.max(0, nanos), LATENCY_NANOS_MAX));
  }

  void busy() {
    busy.increment();
  }

  void failed(Object why) {
    failed.increment();
    lastFailure = why;
  }

  /** What ended since the last call. Called by one thread. */
  String interval() {
    Histogram interval = latencies.getIntervalHistogram();
    all.add(interval);
    return describe(interval);
  }

  /** What has ended as of the last {@link #interval}. */
  String total() {
    Object failure = lastFailure;
    return describe(all)
        + String.format(Locale.ROOT, ", busy %,d, failed %,d", busy.sum(), failed.sum())
        + (failure == null ? "" : " (the last: " + failure + ")");
  }

  long failures() {
    return failed.sum();
  }

  private String describe(Histogram histogram) {
    return String.format(
        Locale.ROOT,
        "%s %,d: p50 %.2f p99 %.2f p99.9 %.1f max %.0f ms",
        name,
        histogram.getTotalCount(),
        histogram.getValueAtPercentile(50) / 1e6,
        histogram.getValueAtPercentile(99) / 1e6,
        histogram.getValueAtPercentile(99.9) / 1e6,
        histogram.getMaxValue() / 1e6);
  }
}
