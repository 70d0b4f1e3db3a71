package dev.terrane.store;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The bound on work that a store has admitted and not yet answered, in requests and in bytes.
 * Whatever queue the work passes is large enough for all of it, so nothing is refused behind here.
 *
 * <p>Thread-safe. A request of any size is admitted while the store is below its bounds, so the
 * bytes may exceed theirs by one request per thread.
 */
final class Credits {
  private final int requestsMax;
  private final long bytesMax;
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();

  Credits(int requestsMax, long bytesMax) {
    this.requestsMax = requestsMax;
    this.bytesMax = bytesMax;
  }

  /** Takes credits for one request; false if there are none, and then nothing was taken. */
  boolean tryTake(long requestBytes) {
    if (bytes.get() >= bytesMax) {
      return false;
    }
    if (requests.incrementAndGet() > requestsMax) {
      requests.decrementAndGet();
      return false;
    }
    bytes.addAndGet(requestBytes);
    return true;
  }

  void giveBack(long requestBytes) {
    bytes.addAndGet(-requestBytes);
    requests.decrementAndGet();
  }

  long requests() {
    return requests.get();
  }

  long bytes() {
    return bytes.get();
  }

  @Override
  public String toString() {
    return requests + " requests of " + bytes + " bytes wait";
  }
}
