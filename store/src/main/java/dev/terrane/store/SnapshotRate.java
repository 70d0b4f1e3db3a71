package dev.terrane.store;

import java.util.concurrent.TimeUnit;

/** How fast all outgoing snapshots of a store may go, together. Confined to the store loop. */
final class SnapshotRate {
  private final long bytesPerSecond;
  private long freeAtNanos;

  SnapshotRate(long bytesPerSecond, long nowNanos) {
    this.bytesPerSecond = bytesPerSecond;
    this.freeAtNanos = nowNanos;
  }

  /** Nanoseconds until the next chunk may go; 0 or less: now. */
  long waitNanos(long nowNanos) {
    return freeAtNanos - nowNanos;
  }

  /** Counts a chunk that goes now. Time that was not used is not saved up. */
  void sent(long bytes, long nowNanos) {
    long start = freeAtNanos - nowNanos > 0 ? freeAtNanos : nowNanos;
    freeAtNanos = start + (long) ((double) bytes / bytesPerSecond * TimeUnit.SECONDS.toNanos(1));
  }
}
