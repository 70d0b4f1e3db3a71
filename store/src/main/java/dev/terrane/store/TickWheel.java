package dev.terrane.store;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Calls each peer once per tick interval, the peers spread evenly over it, so that many Regions do
 * not all tick at one moment. A peer that needs no ticks is taken off and costs nothing.
 *
 * <p>Confined to the store loop. Times are nanoseconds of the node's monotonic clock.
 */
final class TickWheel {
  private static final int SLOTS = 16;

  /** Falling behind by so many intervals is a pause of the process. */
  private static final int PAUSE_INTERVALS = 3;

  private final long slotNanos;
  private final List<List<LocalPeer>> slots = new ArrayList<>(SLOTS);
  private int next;
  private long nextAtNanos;
  private int peers;

  TickWheel(long intervalNanos, long nowNanos) {
    slotNanos = Math.max(1, intervalNanos / SLOTS);
    nextAtNanos = nowNanos + slotNanos;
    for (int i = 0; i < SLOTS; i++) {
      slots.add(new ArrayList<>());
    }
  }

  /** Ticks {@code peer} from now on, if it is not ticked already. */
  void add(LocalPeer peer) {
    if (!peer.ticks()) {
      peer.ticks(true);
      slot(peer).add(peer);
      peers++;
    }
  }

  void remove(LocalPeer peer) {
    if (peer.ticks()) {
      peer.ticks(false);
      slot(peer).remove(peer);
      peers--;
    }
  }

  private List<LocalPeer> slot(LocalPeer peer) {
    return slots.get((int) Math.floorMod(peer.regionId(), (long) SLOTS));
  }

  /**
   * Whether nobody ticked for so long that messages may be stale and promises run out. Skips the
   * ticks that were missed. With nobody to tick there is nothing to miss.
   */
  boolean skipPause(long nowNanos) {
    if (nowNanos - nextAtNanos <= PAUSE_INTERVALS * SLOTS * slotNanos) {
      return false;
    }
    nextAtNanos = nowNanos;
    return peers > 0;
  }

  /** Ticks the peers that are due; returns how many. */
  int advance(long nowNanos, Consumer<LocalPeer> tick) {
    int ticked = 0;
    while (nowNanos - nextAtNanos >= 0) {
      List<LocalPeer> due = slots.get(next);
      for (int i = 0; i < due.size(); i++) {
        tick.accept(due.get(i));
        ticked++;
      }
      next = (next + 1) % SLOTS;
      nextAtNanos += slotNanos;
    }
    return ticked;
  }

  /** When the next peer is due. */
  long nextDeadlineNanos(long none) {
    if (peers == 0) {
      return none;
    }
    long at = nextAtNanos;
    int slot = next;
    while (slots.get(slot).isEmpty()) {
      slot = (slot + 1) % SLOTS;
      at += slotNanos;
    }
    return at;
  }
}
