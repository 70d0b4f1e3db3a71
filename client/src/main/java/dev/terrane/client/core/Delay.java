package dev.terrane.client.core;

/**
 * What a call waits for before it is tried again, with the shortest and the longest wait in
 * milliseconds. Waits double from one to the other; {@link #atOnceFirst} kinds skip the first.
 */
enum Delay {
  /** A store named the leader. Two stores may name each other for a moment. */
  LEADER_NAMED(1, 20, true),
  /** The store sent newer Regions. */
  REGIONS_SENT(2, 200, true),
  /** An election is going on. */
  NO_LEADER(2, 200, false),
  /** The Region's whereabouts must be asked of PD, which may lag behind the stores. */
  REGION_UNKNOWN(2, 500, false),
  /** The peer will be able to answer soon. */
  NOT_READY(2, 200, false),
  STORE_UNREACHABLE(20, 200, false),
  BUSY(50, 2_000, false),
  DISK_FULL(500, 5_000, false),
  PD(50, 500, false);

  final long baseMillis;
  final long capMillis;
  final boolean atOnceFirst;

  Delay(long baseMillis, long capMillis, boolean atOnceFirst) {
    this.baseMillis = baseMillis;
    this.capMillis = capMillis;
    this.atOnceFirst = atOnceFirst;
  }
}
