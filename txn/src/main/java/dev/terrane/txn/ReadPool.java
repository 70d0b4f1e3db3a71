package dev.terrane.txn;

/**
 * Where reads run that take long or may wait for the disk. Injected: threads in production, a queue
 * of the simulator in tests. Thread-safe.
 */
public interface ReadPool {
  /** Runs {@code work} soon, or returns false and never runs it when too much is waiting. */
  boolean submit(Runnable work);

  /**
   * Runs the next slice of work that {@link #submit} has admitted, behind what is waiting now, so
   * that a long scan lets short reads by. Never refused. Called at most once per slice.
   */
  void resume(Runnable slice);
}
