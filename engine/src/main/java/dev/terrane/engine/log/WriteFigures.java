package dev.terrane.engine.log;

/** Counts what is written. Changed by the log writer, read by any thread. */
final class WriteFigures {
  private long bytes;
  private long bytesRewritten;
  private long syncs;
  private long syncNanos;
  private long syncNanosMax;

  synchronized void wrote(long frameBytes, long nanos) {
    bytes += frameBytes;
    syncs++;
    syncNanos += nanos;
    syncNanosMax = Math.max(syncNanosMax, nanos);
  }

  synchronized void rewrote(long moreBytes) {
    bytesRewritten += moreBytes;
  }

  synchronized long bytes() {
    return bytes;
  }

  synchronized long bytesRewritten() {
    return bytesRewritten;
  }

  synchronized long syncs() {
    return syncs;
  }

  synchronized long syncNanos() {
    return syncNanos;
  }

  synchronized long syncNanosMax() {
    return syncNanosMax;
  }
}
