package dev.terrane.client.core;

import java.util.EnumMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * How often one call has been tried again, for each reason, and how long to wait the next time:
 * twice as long as before up to the reason's cap, of which a random half is taken off so that calls
 * that failed together do not come back together.
 */
final class Backoff {
  static final long NANOS_PER_MILLI = 1_000_000;

  private final Map<Delay, Integer> tries = new EnumMap<>(Delay.class);

  /** Counts one more try for {@code delay} and returns how long to wait before it. */
  long nextNanos(Delay delay, RandomGenerator random) {
    int tried = tries.merge(delay, 1, Integer::sum) - 1;
    if (delay.atOnceFirst) {
      if (tried == 0) {
        return 0;
      }
      tried--;
    }
    long millis = Math.min(delay.capMillis, delay.baseMillis << Math.min(tried, 20));
    long half = millis * NANOS_PER_MILLI / 2;
    return half + random.nextLong(half + 1);
  }
}
