package dev.terrane.store;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Calls each peer once per tick interval, the peers spread evenly over it, so that many Regions do
 * not all tick at one moment. Ticks that a peer only counts are slept over, and made up for at the
 * next turn. A peer that needs no ticks is taken off and costs nothing.
 *
 * <p>Confined to the store loop. Times are nanoseconds of the node's monotonic clock.
 */
final class TickWheel {
  private static final int SLOTS = 16;

  /** Falling behind by so many intervals is a pause of the process. */
  private static final int PAUSE_INTERVALS = 3;

  private static final int QUIET_TICKS_MAX = 1 << 10;

  private static final class Slot {
    final List<LocalPeer> peers = new ArrayList<>();

    /** So many turns may come late: nobody in the slot does more than count them. */
    int quietTurns;
  }

  private final long slotNanos;
  private final List<Slot> slots = new ArrayList<>(SLOTS);
  private int next;
  private long nextAtNanos;
  private int peers;

  TickWheel(long intervalNanos, long nowNanos) {
    slotNanos = Math.max(1, intervalNanos / SLOTS);
    nextAtNanos = nowNanos + slotNanos;
    for (int i = 0; i < SLOTS; i++) {
      slots.add(new Slot());
    }
  }

  /** Ticks {@code peer} from now on; to be called again whenever it may have become busier. */
  void add(LocalPeer peer) {
    Slot slot = slot(peer);
    if (!peer.ticks()) {
      peer.ticks(true);
      slot.quietTurns = slot.peers.isEmpty() ? QUIET_TICKS_MAX : slot.quietTurns;
      slot.peers.add(peer);
      peers++;
    }
    slot.quietTurns = Math.min(slot.quietTurns, peer.node().quietTicks());
  }

  void remove(LocalPeer peer) {
    if (peer.ticks()) {
      peer.ticks(false);
      slot(peer).peers.remove(peer);
      peers--;
    }
  }

  private Slot slot(LocalPeer peer) {
    return slots.get((int) Math.floorMod(peer.regionId(), (long) SLOTS));
  }

  /**
   * Whether a tick that does something is so late that messages may be stale and promises run out.
   * Skips the ticks that were missed. With nobody to tick there is nothing to miss.
   */
  boolean skipPause(long nowNanos) {
    if (peers == 0) {
      nextAtNanos = nowNanos + slotNanos;
      return false;
    }
    if (nowNanos - nextDeadlineNanos(nowNanos) <= PAUSE_INTERVALS * SLOTS * slotNanos) {
      return false;
    }
    nextAtNanos = nowNanos;
    return true;
  }

  /** Ticks the peers that are due, as often as they are; returns how many did more than count. */
  int advance(long nowNanos, Consumer<LocalPeer> tick) {
    int ticked = 0;
    while (nowNanos - nextAtNanos >= 0) {
      ticked += turn(slots.get(next), tick);
      next = (next + 1) % SLOTS;
      nextAtNanos += slotNanos;
    }
    return ticked;
  }

  private static int turn(Slot slot, Consumer<LocalPeer> tick) {
    boolean quiet = slot.quietTurns > 0;
    int quietTurns = QUIET_TICKS_MAX;
    for (int i = 0; i < slot.peers.size(); i++) {
      LocalPeer peer = slot.peers.get(i);
      tick.accept(peer);
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
    long best = Long.MAX_VALUE; // from nextAtNanos on
    for (int i = 0; i < SLOTS; i++) {
      Slot slot = slots.get((next + i) % SLOTS);
      if (!slot.peers.isEmpty()) {
        best = Math.min(best, (i + (long) slot.quietTurns * SLOTS) * slotNanos);
      }
    }
    return nextAtNanos + best;
  }
}
