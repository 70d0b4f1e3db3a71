package dev.terrane.server.metrics;

import dev.terrane.store.MetricsSink;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.datapoints.GaugeDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;

/**
 * The figures of one node. Names say their unit; all begin with {@code terrane_}. A figure appears
 * when it is first told.
 *
 * <p>Thread-safe, and cheap enough for hot paths: a lookup and an addition to a striped counter.
 * Nothing here traces requests, so no exemplars are taken: the library would wake a thread of its
 * own after each value told, to say that it may take another.
 */
public final class NodeMetrics implements MetricsSink {
  public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

  private static final String PREFIX = "terrane_";
  private static final String TOTAL = "_total";

  /** Durations are told in nanoseconds and shown in seconds. */
  private static final double NANOS_PER_SECOND = 1e9;

  private static final double[] SECONDS_BOUNDS = {
    1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 0.1, 0.2, 0.5, 1, 5, 20
  };
  private static final double[] COUNT_BOUNDS = {
    1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096, 16_384, 65_536, 1 << 20, 16 << 20
  };

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final ConcurrentMap<String, CounterDataPoint> counters = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, GaugeDataPoint> gauges = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, DistributionDataPoint> histograms = new ConcurrentHashMap<>();

  public NodeMetrics() {
    JvmMetrics.builder().register(registry);
  }

  @Override
  public void count(String name, long delta) {
    counters.computeIfAbsent(name, this::newCounter).inc((double) delta);
  }

  private CounterDataPoint newCounter(String name) {
    return Counter.builder()
        .name(PREFIX + withoutTotal(name))
        .withoutExemplars()
        .register(registry);
  }

  /** The library adds the ending itself. */
  private static String withoutTotal(String name) {
    return name.endsWith(TOTAL) ? name.substring(0, name.length() - TOTAL.length()) : name;
  }

  @Override
  public void gauge(String name, long value) {
    gauges.computeIfAbsent(name, this::newGauge).set((double) value);
  }

  private GaugeDataPoint newGauge(String name) {
    return Gauge.builder().name(PREFIX + name).withoutExemplars().register(registry);
  }

  /** A number that is asked for whenever somebody looks. */
  public void gauge(String name, LongSupplier value) {
    GaugeWithCallback.builder()
        .name(PREFIX + name)
        .callback(callback -> callback.call((double) value.getAsLong()))
        .register(registry);
  }

  /** A count, never falling, that is asked for whenever somebody looks. */
  public void counter(String name, LongSupplier value) {
    CounterWithCallback.builder()
        .name(PREFIX + withoutTotal(name))
        .callback(callback -> callback.call((double) value.getAsLong()))
        .register(registry);
  }

  /** Names that end in {@code _seconds} take nanoseconds. */
  @Override
  public void observe(String name, long value) {
    histograms
        .computeIfAbsent(name, this::newHistogram)
        .observe(isDuration(name) ? value / NANOS_PER_SECOND : (double) value);
  }

  private static boolean isDuration(String name) {
    return name.endsWith("_seconds");
  }

  private DistributionDataPoint newHistogram(String name) {
    return Histogram.builder()
        .name(PREFIX + name)
        .classicOnly()
        .classicUpperBounds(isDuration(name) ? SECONDS_BOUNDS : COUNT_BOUNDS)
        .withoutExemplars()
        .register(registry);
  }

  /** Everything, in Prometheus' text format. */
  public String text() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 14);
    PrometheusTextFormatWriter.create().write(out, registry.scrape());
    return out.toString(StandardCharsets.UTF_8);
  }
}
