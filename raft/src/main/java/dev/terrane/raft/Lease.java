package dev.terrane.raft;

/**
 * How long a leader may answer reads without asking: from the start of the last heartbeat round
 * that a quorum answered, for a duration shorter than the minimum election timeout by what clocks
 * may drift. For the caller of {@link RawNode}, which itself knows no time.
 *
 * <p>While {@link RawNode#isAlone} nobody else can lead, and the lease has no end.
 *
 * <p>What else a lease read needs is the caller's to check: that this peer leads, that it has
 * applied an entry of its own term, and that {@link RawNode#leaseRevoked} is false.
 *
 * <p>Confined to its owner's thread. Times are from one monotonic clock, in nanoseconds.
 */
public final class Lease {
  /** Power of two. Beyond it new rounds are not remembered, which can only shorten the lease. */
  private static final int ROUNDS_MAX = 64;

  /** About 146 years: as far ahead as times of a clock that may overflow can be compared. */
  private static final long ENDLESS_NANOS = Long.MAX_VALUE / 2;

  private final long durationNanos;
  private final long[] rounds = new long[ROUNDS_MAX];
  private final long[] startsNanos = new long[ROUNDS_MAX];
  private int first;
  private int count;
  private boolean held;
  private boolean endless;
  private long endNanos;

  public Lease(long durationNanos) {
    this.durationNanos = durationNanos;
  }

  /** Notes {@link Ready#roundStarted}; {@code nowNanos} was read before its messages were sent. */
  public void roundStarted(long round, long nowNanos) {
    if (count < ROUNDS_MAX) {
      int position = (first + count) & (ROUNDS_MAX - 1);
      rounds[position] = round;
      startsNanos[position] = nowNanos;
      count++;
    }
  }

  /**
   * Notes {@link RawNode#isAlone}, before anything is sent by which that ends. When it ends, so
   * does the lease, until the next round.
   */
  public void alone(boolean alone, long nowNanos) {
    if (alone && !endless) {
      held = true;
      endless = true;
      endNanos = nowNanos + ENDLESS_NANOS;
    } else if (!alone && endless) {
      drop();
    }
  }

  /** Notes {@link RawNode#confirmedRound}. Cheap when it has not moved. */
  public void roundConfirmed(long round) {
    while (count > 0 && rounds[first] <= round) {
      if (!endless) {
        held = true;
        endNanos = startsNanos[first] + durationNanos;
      }
      first = (first + 1) & (ROUNDS_MAX - 1);
      count--;
    }
  }

  /** Forgets everything: this peer no longer leads, has been paused or has slept. */
  public void drop() {
    held = false;
    endless = false;
    count = 0;
  }

  public boolean isValidAt(long nowNanos) {
    return held && nowNanos - endNanos < 0;
  }

  /** When the lease ends; meaningful only while {@link #isValidAt} some moment. */
  public long endNanos() {
    return endNanos;
  }
}
