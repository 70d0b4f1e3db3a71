package dev.terrane.store;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bound on batches of other stores that wait in the loop's inbox. Beyond it they are dropped,
 * which Raft bears. Thread-safe.
 */
final class RaftBacklog {
  static final int BATCHES_MAX = 4096;
  private static final long BYTES_MAX = 128L << 20;

  private final AtomicInteger batches = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();

  /** False if a batch of this size must be dropped. */
  boolean tryAdd(long batchBytes) {
    if (bytes.get() >= BYTES_MAX || batches.get() >= BATCHES_MAX) {
      return false;
    }
    batches.incrementAndGet();
    bytes.addAndGet(batchBytes);
    return true;
  }

  void remove(long batchBytes) {
    batches.decrementAndGet();
    bytes.addAndGet(-batchBytes);
  }
}
