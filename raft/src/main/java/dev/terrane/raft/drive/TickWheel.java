package dev.terrane.raft.drive;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Lets each node tick once per interval. A few of them all tick at one moment, so that one wake and
 * one message to each receiver serve them all; beyond that they are spread over the interval, so
 * that many do not hold up what else there is to do. Ticks that a node only counts are slept over,
 * and made up for at the next turn. A node that needs no ticks is taken off and costs nothing.
 *
 * <p>The first moment of each interval is a multiple of the interval by the process's monotonic
 * clock, and a tick has the number of its interval: what else ticks in this process, on a wheel of
 * its own, does so at that moment.
 *
 * <p>A promise outlasts the lease that rests on it ({@link dev.terrane.raft.Lease}) because of how
 * ticks are counted: all that are due by a cycle's time, late ones too, are counted before anything
 * that came is handled. So whatever renews a promise of {@code n} intervals, which ends with tick
 * {@code n + 1}, finds the next tick in the future, and that one and the {@code n} that follow it
 * at least an interval apart: ticks that are late later on come late, never early. It does not
 * matter where in a cycle time passes. A tick that is counted after what came, in the same cycle,
 * would have to shift all that follow. Ticks that are left out in a pause come on top.
 *
 * <p>Confined to the nodes' thread.
 */
public final class TickWheel {
  /** The slot of a node that is not on the wheel. */
  static final int NONE = -1;

  private static final int SLOTS = 16;

  /** So many nodes tick together before any are put elsewhere. */
  private static final int TOGETHER = 64;

  /**
   * A slot that is later than by so many intervals, beyond what its nodes would have slept over, is
   * paused: it gets so many ticks, and the others are left out. So time after time late, it still
   * ticks.
   */
  private static final int PAUSE_INTERVALS = 3;

  private static final int QUIET_TICKS_MAX = 1 << 10;

  private static final class Slot {
    final List<DrivenNode> nodes = new ArrayList<>();

    /** So many turns may come late: nobody in the slot does more than count them. */
    int quietTurns;

    /** So many turns from now on are left out. */
    long skippedTurns;
  }

  private final IntConsumer whenPaused;
  private final long slotNanos;
  private final List<Slot> slots = new ArrayList<>(SLOTS);

  /** The next turn, counted from time 0; each takes {@code slotNanos} and is one slot's. */
  private long turn;

  private int nodes;

  /**
   * @param whenPaused told how many nodes are paused, when any are
   */
  public TickWheel(long intervalNanos, long nowNanos, IntConsumer whenPaused) {
    this.whenPaused = whenPaused;
    slotNanos = Math.max(1, intervalNanos / SLOTS);
    turn = firstTurnAfter(nowNanos);
    for (int i = 0; i < SLOTS; i++) {
      slots.add(new Slot());
    }
  }

  private long firstTurnAfter(long nowNanos) {
    return Math.floorDiv(nowNanos, slotNanos) + 1;
  }

  /**
   * Ticks {@code node} if time brings it anything: to be called when it comes, and after each of
   * its turns. Who is alone in its group waits for nothing.
   */
  public void keep(DrivenNode node) {
    if (node.node().isAlone()) {
      remove(node);
    } else {
      add(node);
    }
  }

  private void add(DrivenNode node) {
    if (node.wheelSlot == NONE) {
      int index = slotWithRoom();
      node.wheelSlot = index;
      Slot slot = slots.get(index);
      slot.quietTurns = slot.nodes.isEmpty() ? QUIET_TICKS_MAX : slot.quietTurns;
      slot.nodes.add(node);
      nodes++;
    }
    Slot slot = slots.get(node.wheelSlot);
    int quietTurns = Math.min(QUIET_TICKS_MAX, node.quietTicks());
    if (slot.nodes.size() == 1 || quietTurns < slot.quietTurns) {
      slot.quietTurns = quietTurns;
    }
  }

  /** The first one that has few nodes, or the one that has fewest. */
  private int slotWithRoom() {
    int best = 0;
    for (int i = 0; i < SLOTS; i++) {
      int size = slots.get(i).nodes.size();
      if (size < TOGETHER) {
        return i;
      }
      if (size < slots.get(best).nodes.size()) {
        best = i;
      }
    }
    return best;
  }

  public void remove(DrivenNode node) {
    if (node.wheelSlot != NONE) {
      slots.get(node.wheelSlot).nodes.remove(node);
      node.wheelSlot = NONE;
      nodes--;
    }
  }

  /**
   * Counts the ticks that are due: once a cycle, before anything that has come is handled. Returns
   * how many did more than count.
   *
   * @param nowNanos the cycle's time, read after what it handles was taken
   */
  public int advance(long nowNanos) {
    int paused = skipPauses(nowNanos);
    if (paused > 0) {
      whenPaused.accept(paused);
    }
    int ticked = 0;
    while (nowNanos - turn * slotNanos >= 0) {
      Slot slot = slots.get((int) Math.floorMod(turn, (long) SLOTS));
      ticked += turn(slot, Math.floorDiv(turn, (long) SLOTS));
      turn++;
    }
    return ticked;
  }

  /**
   * Leaves most of the ticks out of those nodes to whom a tick that does something is far too late;
   * returns how many they are. In cycles that each take as long as an election timeout every
   * candidate would give up before a voter's next cycle and its own bring it the answer. Each slot
   * is looked at by itself: late as one of them may be, the others need not be. With nobody to tick
   * there is nothing to miss.
   */
  private int skipPauses(long nowNanos) {
    long nextTurn = firstTurnAfter(nowNanos);
    if (nodes == 0) {
      turn = Math.max(turn, nextTurn);
      return 0;
    }
    long due = nextTurn - turn;
    if (due <= (PAUSE_INTERVALS + 1L) * SLOTS) {
      return 0;
    }
    int count = 0;
    for (int i = 0; i < SLOTS; i++) {
      Slot slot = slots.get((int) Math.floorMod(turn + i, (long) SLOTS));
      long turns = (due - i + SLOTS - 1) / SLOTS;
      if (!slot.nodes.isEmpty() && turns > slot.quietTurns + (PAUSE_INTERVALS + 1L)) {
        slot.skippedTurns = turns - PAUSE_INTERVALS;
        slot.nodes.forEach(DrivenNode::paused);
        count += slot.nodes.size();
      }
    }
    return count;
  }

  private static int turn(Slot slot, long number) {
    if (slot.skippedTurns > 0) {
      slot.skippedTurns--;
      slot.quietTurns = 0; // they may have got something to do by being paused
      return 0;
    }
    boolean quiet = slot.quietTurns > 0;
    int quietTurns = QUIET_TICKS_MAX;
    for (int i = 0; i < slot.nodes.size(); i++) {
      DrivenNode node = slot.nodes.get(i);
      node.tick(number);
      quietTurns = Math.min(quietTurns, node.quietTicks());
    }
    slot.quietTurns = quietTurns;
    return quiet ? 0 : slot.nodes.size();
  }

  /** When a node is due for more than counting; {@code none} if none ever is. */
  public long nextDeadlineNanos(long none) {
    if (nodes == 0) {
      return none;
    }
    long best = Long.MAX_VALUE; // turns from the next one on
    for (int i = 0; i < SLOTS; i++) {
      Slot slot = slots.get((int) Math.floorMod(turn + i, (long) SLOTS));
      if (!slot.nodes.isEmpty()) {
        best = Math.min(best, i + (long) slot.quietTurns * SLOTS);
      }
    }
    return (turn + best) * slotNanos;
  }
}
