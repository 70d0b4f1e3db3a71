package dev.terrane.txn.raw;

import dev.terrane.common.TimeSource;
import dev.terrane.common.region.RegionError;
import org.jspecify.annotations.Nullable;

/**
 * Until when a request may be worked on. Looked at between its steps: what is over its time has
 * changed nothing and never will. Once a write is proposed its time does not matter any more, since
 * nobody could say that it did not happen.
 */
final class Deadline {
  /** Clients search the text for these words, and try another peer. */
  static final RegionError EXCEEDED = new RegionError.Other("Deadline is exceeded");

  private static final long FAR_MILLIS = 1L << 40; // thirty years

  private static final Deadline NEVER = new Deadline(null, 0);

  private final @Nullable TimeSource time;
  private final long atNanos;

  private Deadline(@Nullable TimeSource time, long atNanos) {
    this.time = time;
    this.atNanos = atNanos;
  }

  /**
   * @param millis from now, unsigned; 0 for never
   */
  static Deadline in(long millis, TimeSource time) {
    return millis == 0 || millis < 0 || millis > FAR_MILLIS
        ? NEVER
        : new Deadline(time, time.nanoTime() + millis * 1_000_000);
  }

  boolean isOver() {
    return time != null && time.nanoTime() - atNanos >= 0;
  }
}
