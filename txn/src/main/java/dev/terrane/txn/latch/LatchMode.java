package dev.terrane.txn.latch;

/** Whom a latch keeps out. */
public enum LatchMode {
  /**
   * Blind writes: their order is the log's, so several of one key may be under way, but none while
   * a decision about the key is being made.
   */
  SHARED,
  /** Decisions on what a key holds: nobody else between the read and the applied write. */
  EXCLUSIVE
}
