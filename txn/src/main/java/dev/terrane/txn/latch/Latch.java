package dev.terrane.txn.latch;

/**
 * One command's claim to all its slots. Used once: acquired, held, released. Its fields are touched
 * by one thread at a time: the acquiring one, then whoever grants it the next slot.
 */
public final class Latch {
  final int[] slots;
  final LatchMode mode;
  final Runnable whenHeld;

  /** How many of {@link #slots}, from the first, are held. */
  int held;

  Latch(int[] slots, LatchMode mode, Runnable whenHeld) {
    this.slots = slots;
    this.mode = mode;
    this.whenHeld = whenHeld;
  }
}
