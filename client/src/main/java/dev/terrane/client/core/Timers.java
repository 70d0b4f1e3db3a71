package dev.terrane.client.core;

import dev.terrane.common.agent.Agent;
import org.jspecify.annotations.Nullable;

/**
 * A wheel of coarse timers. A timer fires in the first call of {@link #fire} at or after its time
 * rounded up to a tick of about a millisecond; never early. Setting and unsetting are O(1).
 *
 * <p>Invariants: a timer with {@code tick t} is in slot {@code t mod SLOTS}, several turns of the
 * wheel share a slot; {@code earliest} is at or below the smallest tick that is set.
 */
final class Timers {
  private static final int TICK_SHIFT = 20;
  private static final int SLOTS = 1024;

  /** Holds the timers that are due while they are called, so that one may unset another. */
  private static final int DUE = SLOTS;

  private final @Nullable Timer[] heads = new Timer[SLOTS + 1];
  private final long originNanos;
  private long firedTick;
  private long earliest = Long.MAX_VALUE;
  private int count;

  Timers(long originNanos) {
    this.originNanos = originNanos;
  }

  /** Sets {@code timer}, whether or not it was set, to {@code atNanos}. */
  void set(Timer timer, long atNanos) {
    unset(timer);
    long nanos = Math.max(0, atNanos - originNanos);
    timer.tick = Math.max(firedTick + 1, (nanos >>> TICK_SHIFT) + 1);
    link(timer, (int) (timer.tick & (SLOTS - 1)));
    earliest = Math.min(earliest, timer.tick);
    count++;
  }

  void unset(Timer timer) {
    if (timer.slot != Timer.UNSET) {
      unlink(timer);
      count--;
    }
  }

  /** Fires what is due at {@code nowNanos} and returns how many. */
  int fire(long nowNanos) {
    long nowTick = (nowNanos - originNanos) >> TICK_SHIFT;
    if (nowTick < earliest) {
      return 0;
    }
    // Nothing is set below earliest, and one turn of the wheel visits every slot.
    long from = Math.max(Math.max(firedTick + 1, earliest), nowTick - SLOTS + 1);
    for (long tick = from; tick <= nowTick; tick++) {
      collectDue((int) (tick & (SLOTS - 1)), nowTick);
    }
    firedTick = nowTick;
    earliest = findEarliest();
    int fired = 0;
    for (Timer due = heads[DUE]; due != null; due = heads[DUE]) {
      unset(due);
      try {
        due.fire();
      } catch (Throwable thrown) {
        due.broke(thrown);
      }
      fired++;
    }
    return fired;
  }

  /** Unsets all and tells each that the client is closing. */
  void close() {
    for (int slot = 0; slot < heads.length; slot++) {
      for (Timer timer = heads[slot]; timer != null; timer = heads[slot]) {
        unset(timer);
        timer.closing();
      }
    }
  }

  /** When to call {@link #fire} next, or {@link Agent#NO_DEADLINE}. */
  long nextNanos() {
    return count == 0 ? Agent.NO_DEADLINE : originNanos + (earliest << TICK_SHIFT);
  }

  private void collectDue(int slot, long nowTick) {
    Timer timer = heads[slot];
    while (timer != null) {
      Timer following = timer.next;
      if (timer.tick <= nowTick) {
        unlink(timer);
        link(timer, DUE);
      }
      timer = following;
    }
  }

  /** At worst a turn of the wheel too early, which costs one idle wake-up. */
  private long findEarliest() {
    for (long tick = firedTick + 1; tick < firedTick + SLOTS; tick++) {
      for (Timer timer = heads[(int) (tick & (SLOTS - 1))]; timer != null; timer = timer.next) {
        if (timer.tick == tick) {
          return tick;
        }
      }
    }
    return firedTick + SLOTS;
  }

  private void link(Timer timer, int slot) {
    Timer head = heads[slot];
    timer.slot = slot;
    timer.previous = null;
    timer.next = head;
    if (head != null) {
      head.previous = timer;
    }
    heads[slot] = timer;
  }

  private void unlink(Timer timer) {
    Timer previous = timer.previous;
    Timer next = timer.next;
    if (previous == null) {
      heads[timer.slot] = next;
    } else {
      previous.next = next;
    }
    if (next != null) {
      next.previous = previous;
    }
    timer.previous = null;
    timer.next = null;
    timer.slot = Timer.UNSET;
  }
}
