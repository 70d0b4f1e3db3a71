package dev.terrane.store;

import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What threads other than the store loop may know of one local peer. Written by the loop only; each
 * field is one immutable object, so a reader never sees half of a change.
 */
final class PeerView {
  /** Who leads, as far as this peer knows. */
  record Leadership(long term, boolean here, @Nullable Peer leader) {
    static final Leadership UNKNOWN = new Leadership(0, false, null);
  }

  /** What can be done with the data of a peer. */
  enum DataState {
    /** Waits for its first snapshot. */
    NONE,
    READABLE,
    /** A snapshot is replacing it. */
    REPLACING,
    /** The peer is gone. */
    DESTROYED
  }

  private final long regionId;
  private final long peerId;
  private final LeaseCell lease = new LeaseCell();
  private volatile @Nullable Region region;
  private volatile Leadership leadership = Leadership.UNKNOWN;
  private volatile DataState dataState = DataState.NONE;
  private volatile long applied;

  /**
   * Counts the times that the data was replaced or given up: what was read while it grew may be of
   * no one state.
   */
  private volatile int generation;

  PeerView(long regionId, long peerId) {
    this.regionId = regionId;
    this.peerId = peerId;
  }

  long regionId() {
    return regionId;
  }

  long peerId() {
    return peerId;
  }

  LeaseCell lease() {
    return lease;
  }

  /** The Region as of the last applied change; null while the peer has no data. */
  @Nullable Region region() {
    return region;
  }

  Leadership leadership() {
    return leadership;
  }

  DataState dataState() {
    return dataState;
  }

  int generation() {
    return generation;
  }

  long applied() {
    return applied;
  }

  // ---- for the store loop

  void region(Region newRegion) {
    region = newRegion;
  }

  void leadership(long term, boolean here, @Nullable Peer leader) {
    Leadership current = leadership;
    if (current.term != term || current.here != here || !Objects.equals(current.leader, leader)) {
      leadership = new Leadership(term, here, leader);
    }
  }

  void applied(long index) {
    applied = index;
  }

  void readable() {
    dataState = DataState.READABLE;
  }

  /** Fences reads: those under way find out when they recheck, new ones are refused. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // there is one writer, the loop
  void unreadable(DataState why) {
    lease.revoke();
    dataState = why;
    generation++;
  }
}
