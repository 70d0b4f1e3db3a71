package dev.terrane.common.agent;

import dev.terrane.common.TimeSource;

/**
 * A single-threaded object that does a bounded amount of work each time it is polled and never
 * waits. Others reach it only through its {@link Inbox}.
 *
 * <p>Confined to the thread that polls it.
 */
public interface Agent {
  /** {@link #nextDeadlineNanos} of an agent that waits for messages only. */
  long NO_DEADLINE = Long.MAX_VALUE;

  /** A name for threads, metrics and traces. */
  String name();

  /**
   * One duty cycle: takes a bounded part of the inbox, reads the clock, fires due timers, handles
   * what it took, hands out work.
   *
   * <p>It is handed the clock, not a time: nothing that came later may be handled under an older
   * time, so an agent to which time matters takes first and reads after ({@link Intake}).
   *
   * @param time the node's clocks
   * @return how much was done; 0 lets the runner park until a message or the deadline comes
   */
  int poll(TimeSource time);

  /**
   * When this agent wants to be polled though no message came, on the node's monotonic clock, or
   * {@link #NO_DEADLINE}.
   */
  long nextDeadlineNanos();

  /** Called once, on the agent's own thread, after its last poll. Releases what it owns. */
  default void onClose() {}
}
