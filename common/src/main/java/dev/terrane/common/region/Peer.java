package dev.terrane.common.region;

/** One Region's replica on one store. Peer ids come from PD and never repeat. */
public record Peer(long id, long storeId, PeerRole role) {
  public static Peer voter(long id, long storeId) {
    return new Peer(id, storeId, PeerRole.VOTER);
  }

  public static Peer learner(long id, long storeId) {
    return new Peer(id, storeId, PeerRole.LEARNER);
  }

  public Peer withRole(PeerRole newRole) {
    return new Peer(id, storeId, newRole);
  }
}
