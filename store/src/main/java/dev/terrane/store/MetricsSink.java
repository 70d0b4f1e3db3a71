package dev.terrane.store;

/**
 * Where a store's figures go. Names are Prometheus names with their unit, without a prefix. Called
 * from hot paths of several threads, so it must not lock for long.
 */
public interface MetricsSink {
  /** Takes no notice. */
  MetricsSink NONE =
      new MetricsSink() {
        @Override
        public void count(String name, long delta) {}

        @Override
        public void observe(String name, long value) {}

        @Override
        public void gauge(String name, long value) {}
      };

  /** Adds to a counter. */
  void count(String name, long delta);

  /** Adds one value to a histogram. */
  void observe(String name, long value);

  /** Says how much there is of something now. */
  void gauge(String name, long value);
}
