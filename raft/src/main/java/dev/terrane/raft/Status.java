package dev.terrane.raft;

import java.util.List;

/**
 * A peer at one moment, for operators and tests.
 *
 * @param peers what a leader knows of each other member in order of their ids; else empty
 */
public record Status(
    long peerId,
    RoleKind role,
    long leaderId,
    HardState hardState,
    Membership membership,
    long firstIndex,
    long lastIndex,
    long persistedIndex,
    long applied,
    boolean hibernating,
    List<PeerStatus> peers) {
  public Status {
    peers = List.copyOf(peers);
  }

  /**
   * How far a leader has brought one peer.
   *
   * @param state Probe, Replicate or Snapshot
   * @param recentlyActive whether it was heard of within the last election timeout, or at most two
   */
  public record PeerStatus(
      long peerId, String state, long matchIndex, long nextIndex, boolean recentlyActive) {}
}
