package dev.terrane.common.agent;

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
   * One duty cycle: drains a bounded part of the inbox, fires due timers, hands out work.
   *
   * @param nowNanos the node's monotonic clock
   * @return how much was done; 0 lets the runner park until a message or the deadline comes
   */
  int poll(long nowNanos);

  /**
   * When this agent wants to be polled though no message came, on the node's monotonic clock, or
   * {@link #NO_DEADLINE}.
   */
  long nextDeadlineNanos();

  /** Called once, on the agent's own thread, after its last poll. Releases what it owns. */
  default void onClose() {}
}
