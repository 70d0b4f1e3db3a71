package dev.terrane.engine.log;

import dev.terrane.common.TimeSource;

/** A clock that advances by a millisecond each time it is read. */
final class FixedTime implements TimeSource {
  private long nanos;

  @Override
  public long nanoTime() {
    nanos += 1_000_000;
    return nanos;
  }

  @Override
  public long wallMillis() {
    return 0;
  }
}
