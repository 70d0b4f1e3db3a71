package dev.terrane.txn;

/** Runs something later, on any thread, without blocking one meanwhile. Thread-safe. */
@FunctionalInterface
public interface Delays {
  void after(long millis, Runnable action);
}
