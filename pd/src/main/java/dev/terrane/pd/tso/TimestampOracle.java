package dev.terrane.pd.tso;

import static dev.terrane.common.Invariant.check;

import org.jspecify.annotations.Nullable;

/**
 * The timestamps of one PD leadership. Follows the machine's clock but never goes back with it, and
 * hands nothing out at or above the saved bound.
 *
 * <p>Life: {@link #open} with the bound that earlier leaders saved, then {@link #saved} once the
 * first window is replicated, and from then on {@link #update} before any is taken. Windows are
 * asked for by {@link #boundToSave} long before the current one is used up, so no caller waits for
 * one.
 *
 * <p>Invariants: {@code physical < savedBound} while anything is handed out; {@code (physical,
 * logical)} never goes back. A crash loses only what is left of the window.
 *
 * <p>Confined to its owner's thread. Milliseconds since 1970, by the wall clock that is passed in.
 */
public final class TimestampOracle {
  /** A timestamp is {@code physicalMillis << LOGICAL_BITS | logical}. */
  public static final int LOGICAL_BITS = 18;

  /** Logical parts of one millisecond; no batch may be larger than one less. */
  public static final long LOGICAL_LIMIT = 1L << LOGICAL_BITS;

  private static final long GUARD_MILLIS = 1;

  private final long windowMillis;
  private long physical;
  private long logical;
  private long savedBound;
  private long requestedBound;

  private TimestampOracle(long windowMillis, long physical) {
    this.windowMillis = windowMillis;
    this.physical = physical;
  }

  /**
   * Starts above everything that leaders before this one can have handed out.
   *
   * @param lastBound the greatest bound ever saved; 0 in a new cluster
   * @param windowMillis how far ahead of use a window reaches
   */
  public static TimestampOracle open(long wallMillis, long lastBound, long windowMillis) {
    return new TimestampOracle(windowMillis, Math.max(wallMillis, lastBound + GUARD_MILLIS));
  }

  /** Whether the first window is saved, so that timestamps can be handed out. */
  public boolean isOpen() {
    return savedBound > physical;
  }

  /**
   * The bound that should be replicated now, or 0 if there is no need or one is under way. Asked
   * for when less than half a window is left.
   */
  public long boundToSave(long wallMillis) {
    if (millisToSave(wallMillis) > 0) {
      return 0;
    }
    requestedBound = Math.max(physical, wallMillis) + windowMillis;
    return requestedBound;
  }

  /**
   * After how many milliseconds of the clock {@link #boundToSave} will have one; {@link
   * Long#MAX_VALUE} while one is under way.
   */
  public long millisToSave(long wallMillis) {
    return requestedBound > savedBound
        ? Long.MAX_VALUE
        : Math.max(0, savedBound - windowMillis / 2 - Math.max(physical, wallMillis));
  }

  /**
   * The bound of the last {@link #boundToSave} did not get through and is to be asked for again.
   */
  public void notSaved() {
    requestedBound = savedBound;
  }

  /** {@code bound} is replicated: timestamps below it may be handed out. */
  public void saved(long bound) {
    check(bound >= savedBound, "saved bound went back from %d to %d", savedBound, bound);
    savedBound = bound;
    requestedBound = Math.max(requestedBound, bound);
  }

  /** Follows the clock, as far as the window reaches. */
  public void update(long wallMillis) {
    if (!isOpen()) {
      return;
    }
    long next = physical;
    if (wallMillis - physical > GUARD_MILLIS) {
      next = wallMillis;
    } else if (logical > LOGICAL_LIMIT / 2) {
      next = physical + 1;
    }
    if (next > physical && next < savedBound - GUARD_MILLIS) {
      physical = next;
      logical = 0;
    }
  }

  /**
   * Takes {@code count} timestamps; null when the window is used up and the next one is not saved
   * yet.
   *
   * @param count from 1 to {@link #LOGICAL_LIMIT} - 1
   */
  public @Nullable Timestamp allocate(long count) {
    check(count > 0 && count < LOGICAL_LIMIT, "batch of %d timestamps", count);
    if (!isOpen()) {
      return null;
    }
    if (logical + count >= LOGICAL_LIMIT) {
      if (physical + 1 >= savedBound - GUARD_MILLIS) {
        return null;
      }
      physical++;
      logical = 0;
    }
    logical += count;
    check(physical < savedBound, "timestamp %d is not below the saved %d", physical, savedBound);
    return new Timestamp(physical, logical);
  }
}
