package dev.terrane.pd;

import dev.terrane.pd.state.StoreTable;
import dev.terrane.proto.metapb.Peer;
import dev.terrane.proto.metapb.PeerRole;
import dev.terrane.proto.metapb.Region;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What PD takes in of a Region that somebody reports. It keeps all of them in memory, and whoever
 * reaches the port can report.
 */
final class RegionBounds {
  /** The longest key that a client can write, and what the store adds to it. */
  private static final int KEY_BYTES_MAX = (64 << 10) + 1024;

  private static final int PEERS_MAX = 64;

  private RegionBounds() {}

  /**
   * Why {@code region} cannot be true; null if it may be.
   *
   * <p>PD has placed every replica itself, so none is on a store that it does not know. Whoever
   * says so would otherwise hide the Region that is there behind an address that nobody can be
   * asked for.
   */
  static @Nullable String whatCannotBe(Region region, StoreTable stores) {
    String tooLarge = tooLarge(region);
    if (tooLarge != null) {
      return tooLarge;
    }
    for (Peer peer : region.getPeersList()) {
      if (stores.get(peer.getStoreId()) == null) {
        return "Region %d has a peer on store %d, which is unknown here"
            .formatted(region.getId(), peer.getStoreId());
      }
    }
    return noGroup(region);
  }

  /** Why its peers are no group: one that cannot be would be scheduled as if it could. */
  private static @Nullable String noGroup(Region region) {
    Set<Long> ids = new HashSet<>();
    Set<Long> stores = new HashSet<>();
    boolean votes = false;
    for (Peer peer : region.getPeersList()) {
      if (peer.getId() == 0 || !ids.add(peer.getId()) || !stores.add(peer.getStoreId())) {
        return "Region %d has a peer without an id, or two of one id or on one store"
            .formatted(region.getId());
      }
      votes |= peer.getRole() == PeerRole.Voter || peer.getRole() == PeerRole.IncomingVoter;
    }
    return votes ? null : "nobody in Region %d has a vote".formatted(region.getId());
  }

  private static @Nullable String tooLarge(Region region) {
    int keyBytes = Math.max(region.getStartKey().size(), region.getEndKey().size());
    if (keyBytes > KEY_BYTES_MAX) {
      return "Region %d ends or begins at a key of %d bytes, more than the limit of %d"
          .formatted(region.getId(), keyBytes, KEY_BYTES_MAX);
    }
    return region.getPeersCount() > PEERS_MAX
        ? "Region %d has %d peers, more than the limit of %d"
            .formatted(region.getId(), region.getPeersCount(), PEERS_MAX)
        : null;
  }
}
