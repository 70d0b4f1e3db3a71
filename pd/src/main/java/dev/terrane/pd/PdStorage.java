package dev.terrane.pd;

/** A member's disk. */
public interface PdStorage {
  /**
   * Makes {@code write} durable as a whole, after everything submitted before, and then runs {@code
   * durable}, on any thread. Never blocks. A disk that fails stops the process: nothing is said
   * then.
   */
  void submit(PdWrite write, Runnable durable);
}
