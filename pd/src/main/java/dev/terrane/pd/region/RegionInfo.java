package dev.terrane.pd.region;

import dev.terrane.common.region.Peer;
import dev.terrane.common.region.PeerRole;
import dev.terrane.common.region.Region;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Region as its leader last reported it.
 *
 * @param leader null while none is known: before the first heartbeat, or when read from the cache
 * @param term the Raft term of the report; 0 if the reporter did not say
 * @param downPeers peers that the leader does not hear from
 * @param pendingPeers peers that lack log or a snapshot, and so have not caught up
 * @param reportedIn the term of the PD leadership that heard this from the Region's leader; 0 if it
 *     was read from the cache or told by anybody else
 */
public record RegionInfo(
    Region region,
    @Nullable Peer leader,
    long term,
    List<DownPeer> downPeers,
    List<Peer> pendingPeers,
    long approximateBytes,
    long approximateKeys,
    long reportedIn) {
  public RegionInfo {
    downPeers = List.copyOf(downPeers);
    pendingPeers = List.copyOf(pendingPeers);
  }

  /** A Region of which nothing but its metadata is known. */
  public static RegionInfo withoutLeader(Region region) {
    return new RegionInfo(region, null, 0, List.of(), List.of(), 0, 0, 0);
  }

  public long id() {
    return region.id();
  }

  public boolean isPending(Peer peer) {
    for (Peer pending : pendingPeers) {
      if (pending.id() == peer.id()) {
        return true;
      }
    }
    return false;
  }

  public boolean isDown(Peer peer) {
    for (DownPeer down : downPeers) {
      if (down.peer().id() == peer.id()) {
        return true;
      }
    }
    return false;
  }

  /** Whether a joint change has been entered and not left. */
  public boolean isJoint() {
    for (Peer peer : region.peers()) {
      if (peer.role() == PeerRole.INCOMING_VOTER || peer.role() == PeerRole.DEMOTING_VOTER) {
        return true;
      }
    }
    return false;
  }
}
