package dev.terrane.txn.latch;

import dev.terrane.common.Invariant;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * One slot: either any number of shared holders or one exclusive holder, and behind them, in order
 * of arrival, whoever conflicts. A newcomer never overtakes a waiting one.
 *
 * <p>Guarded by its own monitor, held only for these few steps.
 */
final class LatchSlot {
  private int sharedHolders;
  private boolean exclusivelyHeld;
  private @Nullable ArrayDeque<Latch> waiting;

  /** Whether {@code latch} holds this slot now; otherwise it waits here. */
  synchronized boolean enterOrWait(Latch latch) {
    if ((waiting == null || waiting.isEmpty()) && admits(latch)) {
      enter(latch);
      return true;
    }
    if (waiting == null) {
      waiting = new ArrayDeque<>(4);
    }
    waiting.add(latch);
    return false;
  }

  /** Whether {@code mode} would have to wait; a moment later the answer may differ. */
  synchronized boolean conflictsWith(LatchMode mode) {
    return (waiting != null && !waiting.isEmpty())
        || exclusivelyHeld
        || (mode == LatchMode.EXCLUSIVE && sharedHolders > 0);
  }

  /** Gives up {@code latch}'s hold; whoever holds the slot thereby is added to {@code granted}. */
  synchronized void leave(Latch latch, Queue<Latch> granted) {
    if (latch.mode == LatchMode.SHARED) {
      sharedHolders--;
      Invariant.check(sharedHolders >= 0, "a latch slot was left %d times too often", 1);
    } else {
      Invariant.check(exclusivelyHeld, "a latch slot was left that nobody held");
      exclusivelyHeld = false;
    }
    if (waiting == null) {
      return;
    }
    for (Latch next = waiting.peek(); next != null && admits(next); next = waiting.peek()) {
      waiting.remove();
      enter(next);
      granted.add(next);
    }
    if (waiting.isEmpty()) {
      waiting = null;
    }
  }

  private boolean admits(Latch latch) {
    return !exclusivelyHeld && (latch.mode == LatchMode.SHARED || sharedHolders == 0);
  }

  private void enter(Latch latch) {
    if (latch.mode == LatchMode.SHARED) {
      sharedHolders++;
    } else {
      exclusivelyHeld = true;
    }
  }
}
