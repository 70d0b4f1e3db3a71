package dev.terrane.common.traffic;

import dev.terrane.common.Invariant;

/**
 * The bytes that one request, or one answer, has taken of a {@link TrafficBudget}.
 *
 * <p>Once closed it takes nothing any more: whoever still gathers an answer then hears that there
 * is no room, and ends. So a call that is given up may close its charge at any moment, on any
 * thread.
 *
 * <p>Thread-safe.
 */
public final class Charge implements AutoCloseable {
  private static final Charge UNCOUNTED = new TrafficBudget(Long.MAX_VALUE).open(Traffic.RAFT);

  private final TrafficBudget budget;
  private final Traffic traffic;
  private final long besideBytes;
  private long bytes;
  private boolean closed;

  Charge(TrafficBudget budget, Traffic traffic, long besideBytes) {
    this.budget = budget;
    this.traffic = traffic;
    this.besideBytes = besideBytes;
  }

  /** One for all that is not counted anywhere: it always has room. */
  public static Charge uncounted() {
    return UNCOUNTED;
  }

  /** Takes {@code more} bytes; false, and nothing is taken, if there is no room for them. */
  public synchronized boolean take(long more) {
    Invariant.check(more >= 0, "%d bytes are taken", more);
    if (this == UNCOUNTED) {
      return true;
    }
    if (closed || !budget.take(traffic, more, besideBytes + bytes + more)) {
      return false;
    }
    bytes += more;
    return true;
  }

  /** Takes what is missing to {@code wanted} bytes in all; false if there is no room for it. */
  public synchronized boolean growTo(long wanted) {
    return wanted <= bytes || take(wanted - bytes);
  }

  /** Gives {@code less} bytes back, of those that it has. */
  public synchronized void giveBack(long less) {
    Invariant.check(less >= 0, "%d bytes are given back", less);
    Invariant.check(less <= bytes || closed, "%d of %d bytes are given back", less, bytes);
    if (!closed) {
      bytes -= less;
      budget.giveBack(less);
    }
  }

  /** Gives all bytes back; it may take others. */
  public synchronized void giveAllBack() {
    if (bytes > 0) {
      budget.giveBack(bytes);
      bytes = 0;
    }
  }

  /** Has {@code heir} hold what this held, whether it has room or not; this is closed. */
  public void bequeath(Charge heir) {
    long left;
    synchronized (this) {
      closed = this != UNCOUNTED;
      left = bytes;
      bytes = 0;
    }
    heir.inherit(left);
  }

  private synchronized void inherit(long inherited) {
    if (closed) {
      budget.giveBack(inherited);
    } else {
      bytes += inherited;
    }
  }

  public synchronized long bytes() {
    return bytes;
  }

  /** Gives all bytes back for good. Idempotent. */
  @Override
  public synchronized void close() {
    giveAllBack();
    closed = this != UNCOUNTED;
  }
}
