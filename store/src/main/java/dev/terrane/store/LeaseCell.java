package dev.terrane.store;

import org.jspecify.annotations.Nullable;

/**
 * Until when a leader may answer reads without asking: written by the store loop, read by request
 * threads without a lock.
 *
 * <p>A reader loads the grant first and the clock second. A grant that is revoked in between still
 * held when it was loaded, which was after the request came; what is read from the engine later can
 * only be newer. So revoking does not wait for readers.
 *
 * <p>Times are nanoseconds of the node's monotonic clock.
 */
final class LeaseCell {
  /** Leadership of {@code term} may be relied upon before {@code endNanos}. */
  record Grant(long term, long endNanos) {
    boolean isValidAt(long nowNanos) {
      return nowNanos - endNanos < 0;
    }
  }

  private volatile @Nullable Grant grant;

  /** The current grant, which may have run out; null if there is none. */
  @Nullable Grant grant() {
    return grant;
  }

  /** Publishes a lease; from the loop only. Allocates only when something changed. */
  void grant(long term, long endNanos) {
    Grant current = grant;
    if (current == null || current.term != term || current.endNanos != endNanos) {
      grant = new Grant(term, endNanos);
    }
  }

  /** From now on nobody who looks finds a lease; from the loop only. */
  void revoke() {
    if (grant != null) {
      grant = null;
    }
  }
}
