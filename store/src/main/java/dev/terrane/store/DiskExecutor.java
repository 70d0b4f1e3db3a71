package dev.terrane.store;

/**
 * Threads that may wait for the disk. A store gives them what would hold up its loops: barriers,
 * snapshots, clearing ranges.
 *
 * <p>Work ends by putting its result into the inbox of the agent that submitted it. Work never
 * throws for what may go wrong in the world; what it does throw is a bug, and stops the process.
 * Work submitted may run in any order and at the same time as other work.
 */
@FunctionalInterface
public interface DiskExecutor {
  /**
   * Runs {@code work} soon, on another thread. Never refuses: stores bound what they submit.
   *
   * @param name what it is, for metrics and thread dumps
   */
  void submit(String name, Runnable work);
}
