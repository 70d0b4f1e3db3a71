package dev.terrane.store;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;

/**
 * Calls each peer once per tick interval. A few peers all tick at one moment, so that one wake and
 * one message to each store serve them all; beyond that they are spread over the interval, so that
 * many Regions do not hold up what else there is to do. Ticks that a peer only counts are slept
 * over, and made up for at the next turn. A peer that needs no ticks is taken off and costs
 * nothing.
 *
 * <p>The first moment of each interval is a multiple of the interval by the node's monotonic clock,
 * and a tick has the number of its interval: what else ticks on this node can do so at that moment.
 *
 * <p>Confined to the store loop. Times are nanoseconds of the node's monotonic clock.
 */
final class TickWheel {
  /** The slot of a peer that is not on the wheel. */
  static final int NONE = -1;

  private static final int SLOTS = 16;

  /** So many peers tick together before any are put elsewhere. */
  private static final int TOGETHER = 64;

  /**
   * A slot that is later than by so many intervals, beyond what its peers would have slept over, is
   * paused: it gets so many ticks, and the others are left out. So time after time late, it still
   * ticks.
   */
  private static final int PAUSE_INTERVALS = 3;

  private static final int QUIET_TICKS_MAX = 1 << 10;

  private static final class Slot {
    final List<LocalPeer> peers = new ArrayList<>();

    /** So many turns may come late: nobody in the slot does more than count them. */
    int quietTurns;

    /** So many turns from now on are left out. */
    long skippedTurns;
  }

  private final long slotNanos;
  private final List<Slot> slots = new ArrayList<>(SLOTS);

  /** The next turn, counted from time 0; each takes {@code slotNanos} and is one slot's. */
  private long turn;

  private int peers;

  TickWheel(long intervalNanos, long nowNanos) {
    slotNanos = Math.max(1, intervalNanos / SLOTS);
    turn = firstTurnAfter(nowNanos);
    for (int i = 0; i < SLOTS; i++) {
      slots.add(new Slot());
    }
  }

  private long firstTurnAfter(long nowNanos) {
    return Math.floorDiv(nowNanos, slotNanos) + 1;
  }

  /** Ticks {@code peer} from now on; to be called again whenever it may have become busier. */
  void add(LocalPeer peer) {
    if (peer.wheelSlot() == NONE) {
      int index = slotWithRoom();
      peer.wheelSlot(index);
      Slot slot = slots.get(index);
      slot.quietTurns = slot.peers.isEmpty() ? QUIET_TICKS_MAX : slot.quietTurns;
      slot.peers.add(peer);
      peers++;
    }
    Slot slot = slots.get(peer.wheelSlot());
    slot.quietTurns = Math.min(slot.quietTurns, peer.node().quietTicks());
  }

  /** The first one that has few peers, or the one that has fewest. */
  private int slotWithRoom() {
    int best = 0;
    for (int i = 0; i < SLOTS; i++) {
      int size = slots.get(i).peers.size();
      if (size < TOGETHER) {
        return i;
      }
      if (size < slots.get(best).peers.size()) {
        best = i;
      }
    }
    return best;
  }

  void remove(LocalPeer peer) {
    if (peer.wheelSlot() != NONE) {
      slots.get(peer.wheelSlot()).peers.remove(peer);
      peer.wheelSlot(NONE);
      peers--;
    }
  }

  /**
   * Leaves most of the ticks out of those peers to whom a tick that does something is far too late,
   * and hands them to {@code paused} first; returns how many they are. Each slot is looked at by
   * itself. With nobody to tick there is nothing to miss.
   */
  int skipPauses(long nowNanos, Consumer<LocalPeer> paused) {
    long nextTurn = firstTurnAfter(nowNanos);
    if (peers == 0) {
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
      if (!slot.peers.isEmpty() && turns > slot.quietTurns + (PAUSE_INTERVALS + 1L)) {
        slot.skippedTurns = turns - PAUSE_INTERVALS;
        slot.peers.forEach(paused);
        count += slot.peers.size();
      }
    }
    return count;
  }

  /**
   * Calls {@code tick}, with the tick's number, for the peers that are due, as often as they are;
   * returns how many did more than count.
   */
  int advance(long nowNanos, ObjLongConsumer<LocalPeer> tick) {
    int ticked = 0;
    while (nowNanos - turn * slotNanos >= 0) {
      ticked +=
          turn(
              slots.get((int) Math.floorMod(turn, (long) SLOTS)),
              Math.floorDiv(turn, (long) SLOTS),
              tick);
      turn++;
    }
    return ticked;
  }

  private static int turn(Slot slot, long number, ObjLongConsumer<LocalPeer> tick) {
    if (slot.skippedTurns > 0) {
      slot.skippedTurns--;
      slot.quietTurns = 0; // they may have got something to do by being paused
      return 0;
    }
    boolean quiet = slot.quietTurns > 0;
    int quietTurns = QUIET_TICKS_MAX;
    for (int i = 0; i < slot.peers.size(); i++) {
      LocalPeer peer = slot.peers.get(i);
      tick.accept(peer, number);
      quietTurns = Math.min(quietTurns, peer.node().quietTicks());
    }
    slot.quietTurns = quietTurns;
    return quiet ? 0 : slot.peers.size();
  }

  /** When a peer is due for more than counting. */
  long nextDeadlineNanos(long none) {
    if (peers == 0) {
      return none;
    }
    long best = Long.MAX_VALUE; // turns from the next one on
    for (int i = 0; i < SLOTS; i++) {
      Slot slot = slots.get((int) Math.floorMod(turn + i, (long) SLOTS));
      if (!slot.peers.isEmpty()) {
        best = Math.min(best, i + (long) slot.quietTurns * SLOTS);
      }
    }
    return (turn + best) * slotNanos;
  }
}
