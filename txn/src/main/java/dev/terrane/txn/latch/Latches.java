package dev.terrane.txn.latch;

import dev.terrane.common.Bytes;
import dev.terrane.common.Invariant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Latches of a store: a key hashes to a slot, and a command takes the slots of all its keys in
 * ascending order, so no two commands wait for each other. Two keys may share a slot; that costs
 * time, never correctness.
 *
 * <p>No thread waits. A command that has to is continued by whoever releases last what it waits
 * for. Continuations run one after the other on a releasing thread, never inside one another, so a
 * long queue of commands that all fail at once does not deepen the stack.
 *
 * <p>Thread-safe. Waiting commands are bounded; holders are bounded by the credits of what they
 * wait for.
 */
public final class Latches {
  private final LatchSlot[] slots;
  private final int waitingMax;
  private final AtomicInteger waiting = new AtomicInteger();

  private final ConcurrentLinkedQueue<Latch> granted = new ConcurrentLinkedQueue<>();
  private final AtomicInteger grants = new AtomicInteger();

  /**
   * @param slotCount a power of two, at least 2
   * @param waitingMax most commands that wait at a time
   */
  public Latches(int slotCount, int waitingMax) {
    Invariant.check(Integer.bitCount(slotCount) == 1 && slotCount > 1, "%d slots", slotCount);
    this.slots = new LatchSlot[slotCount];
    Arrays.setAll(slots, i -> new LatchSlot());
    this.waitingMax = waitingMax;
  }

  /** A latch on {@code key}. */
  public Latch of(Bytes key, LatchMode mode, Runnable whenHeld) {
    return new Latch(new int[] {slotOf(key)}, mode, whenHeld);
  }

  /** A latch on all of {@code keys}. */
  public Latch of(List<Bytes> keys, LatchMode mode, Runnable whenHeld) {
    int[] sorted = new int[keys.size()];
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = slotOf(keys.get(i));
    }
    Arrays.sort(sorted);
    int distinct = 0;
    for (int i = 0; i < sorted.length; i++) {
      if (distinct == 0 || sorted[i] != sorted[distinct - 1]) {
        sorted[distinct++] = sorted[i];
      }
    }
    return new Latch(Arrays.copyOf(sorted, distinct), mode, whenHeld);
  }

  /** A latch on every key. */
  public Latch ofAllKeys(LatchMode mode, Runnable whenHeld) {
    int[] all = new int[slots.length];
    Arrays.setAll(all, i -> i);
    return new Latch(all, mode, whenHeld);
  }

  /**
   * Calls the latch's continuation once it holds all its slots: on this thread before returning
   * when nothing conflicts, else later on a releasing thread.
   *
   * @return false if the latch would have to wait and too many wait already; it holds nothing and
   *     is not continued
   */
  public boolean acquire(Latch latch) {
    while (latch.held < latch.slots.length) {
      LatchSlot slot = slots[latch.slots[latch.held]];
      if (slot.conflictsWith(latch.mode) && waiting.get() >= waitingMax) {
        leaveHeldSlots(latch);
        runGranted();
        return false;
      }
      // Counted before it can be granted by another thread, which takes the count back.
      waiting.incrementAndGet();
      if (!slot.enterOrWait(latch)) {
        return true;
      }
      waiting.decrementAndGet();
      latch.held++;
    }
    latch.whenHeld.run();
    return true;
  }

  /** Gives up what {@code latch} holds, and continues whom that lets by. */
  public void release(Latch latch) {
    Invariant.check(
        latch.held == latch.slots.length,
        "released a latch that held %d of %d slots",
        latch.held,
        latch.slots.length);
    leaveHeldSlots(latch);
    runGranted();
  }

  /** How many commands wait. */
  public int waiting() {
    return waiting.get();
  }

  private void leaveHeldSlots(Latch latch) {
    for (int i = 0; i < latch.held; i++) {
      slots[latch.slots[i]].leave(latch, granted);
    }
    latch.held = 0;
  }

  /** One thread at a time runs continuations, which do not throw; others leave theirs to it. */
  private void runGranted() {
    if (granted.isEmpty() || grants.getAndIncrement() != 0) {
      return;
    }
    int missed = 1;
    do {
      for (Latch next = granted.poll(); next != null; next = granted.poll()) {
        waiting.decrementAndGet();
        next.held++;
        continueAcquiring(next);
      }
      missed = grants.addAndGet(-missed);
    } while (missed != 0);
  }

  private void continueAcquiring(Latch latch) {
    while (latch.held < latch.slots.length) {
      waiting.incrementAndGet();
      if (!slots[latch.slots[latch.held]].enterOrWait(latch)) {
        return;
      }
      waiting.decrementAndGet();
      latch.held++;
    }
    latch.whenHeld.run();
  }

  private int slotOf(Bytes key) {
    int hash = key.hashCode();
    // Spreads the high bits: keys that differ only in front must not share slots.
    return ((hash ^ (hash >>> 16)) * 0x9E3779B9) >>> -Integer.numberOfTrailingZeros(slots.length);
  }
}
