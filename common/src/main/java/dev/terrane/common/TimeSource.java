package dev.terrane.common;

/**
 * The clocks of one node. Injected, so that a simulation owns time; nothing outside the node's
 * assembly reads the machine's clocks.
 */
public interface TimeSource {
  /** A monotonic clock in nanoseconds from an arbitrary origin; for deadlines and durations. */
  long nanoTime();

  /** Milliseconds since 1970, as the machine believes; may jump. For timestamps and TTLs only. */
  long wallMillis();
}
