package dev.terrane.common.region;

import dev.terrane.common.KeyRange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A key range with its own Raft group, as of one epoch. Range bounds are engine keys. */
public record Region(long id, KeyRange range, RegionEpoch epoch, List<Peer> peers) {
  public Region {
    peers = List.copyOf(peers);
  }

  public @Nullable Peer peerOnStore(long storeId) {
    for (Peer peer : peers) {
      if (peer.storeId() == storeId) {
        return peer;
      }
    }
    return null;
  }

  public @Nullable Peer peer(long peerId) {
    for (Peer peer : peers) {
      if (peer.id() == peerId) {
        return peer;
      }
    }
    return null;
  }

  public Region withPeers(List<Peer> newPeers, RegionEpoch newEpoch) {
    return new Region(id, range, newEpoch, newPeers);
  }
}
