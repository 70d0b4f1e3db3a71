package dev.terrane.sim.check;

import static dev.terrane.common.Invariant.check;

/**
 * One operation of one process, from the moment it was asked for to its outcome.
 *
 * <p>Which of two operations came first is decided by {@code invokedAt} and {@code completedAt},
 * the positions of these events in the history: virtual time stands still while many things happen.
 * The times are for the reader.
 *
 * @param number counts operations of a history from 0, in the order of invocation
 * @param process who asked; a process has one operation at a time
 * @param completedAt {@link #NEVER} if it was still open when the history ended; its outcome is
 *     then unknown
 */
public record Operation<C, R>(
    int number,
    int process,
    int invokedAt,
    int completedAt,
    long invokedNanos,
    long completedNanos,
    C call,
    Outcome<R> outcome) {
  /** The position, and the time, of what did not come. */
  public static final int NEVER = Integer.MAX_VALUE;

  public Operation {
    check(invokedAt < completedAt, "completed at %d, invoked at %d", completedAt, invokedAt);
    check(
        completedAt != NEVER || outcome instanceof Outcome.Unknown,
        "operation %d is open, but its outcome is %s",
        number,
        outcome);
  }
}
