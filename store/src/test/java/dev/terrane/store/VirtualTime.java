package dev.terrane.store;

import dev.terrane.common.TimeSource;
import java.time.Duration;

/** A clock that moves only when it is told to. */
final class VirtualTime implements TimeSource {
  private static final long WALL_MILLIS_AT_START = 1_700_000_000_000L;

  private long nanos = 1_000_000_000L;

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public long wallMillis() {
    return WALL_MILLIS_AT_START + nanos / 1_000_000;
  }

  void advance(Duration duration) {
    nanos += duration.toNanos();
  }
}
