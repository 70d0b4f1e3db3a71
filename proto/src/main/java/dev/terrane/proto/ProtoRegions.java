package dev.terrane.proto;

import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.PeerRole;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionContext;
import dev.terrane.common.region.RegionEpoch;
import dev.terrane.proto.kvrpcpb.Context;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Bridges between our Regions and metapb's. Bounds are passed on as they are: whether they are
 * memcomparable is known to the caller alone.
 */
public final class ProtoRegions {
  private ProtoRegions() {}

  public static dev.terrane.proto.metapb.Region toProto(Region region) {
    var builder =
        dev.terrane.proto.metapb.Region.newBuilder()
            .setId(region.id())
            .setStartKey(ProtoBytes.toByteString(region.range().start()))
            .setEndKey(ProtoBytes.toByteString(region.range().end()))
            .setRegionEpoch(toProto(region.epoch()));
    for (Peer peer : region.peers()) {
      builder.addPeers(toProto(peer));
    }
    return builder.build();
  }

  public static Region fromProto(dev.terrane.proto.metapb.Region region) {
    List<Peer> peers = new ArrayList<>(region.getPeersCount());
    for (dev.terrane.proto.metapb.Peer peer : region.getPeersList()) {
      peers.add(fromProto(peer));
    }
    return new Region(
        region.getId(),
        new KeyRange(
            ProtoBytes.toBytes(region.getStartKey()), ProtoBytes.toBytes(region.getEndKey())),
        fromProto(region.getRegionEpoch()),
        peers);
  }

  public static dev.terrane.proto.metapb.RegionEpoch toProto(RegionEpoch epoch) {
    return dev.terrane.proto.metapb.RegionEpoch.newBuilder()
        .setConfVer(epoch.confVer())
        .setVersion(epoch.version())
        .build();
  }

  public static RegionEpoch fromProto(dev.terrane.proto.metapb.RegionEpoch epoch) {
    return new RegionEpoch(epoch.getConfVer(), epoch.getVersion());
  }

  public static dev.terrane.proto.metapb.Peer toProto(Peer peer) {
    return dev.terrane.proto.metapb.Peer.newBuilder()
        .setId(peer.id())
        .setStoreId(peer.storeId())
        .setRole(toProto(peer.role()))
        .build();
  }

  public static Peer fromProto(dev.terrane.proto.metapb.Peer peer) {
    return new Peer(peer.getId(), peer.getStoreId(), fromProto(peer.getRole()));
  }

  /** What a request says of its route. A context without an epoch has one of zeros here. */
  public static RegionContext fromProto(Context context) {
    return new RegionContext(
        context.getRegionId(),
        fromProto(context.getRegionEpoch()),
        context.getPeer().getId(),
        context.getPeer().getStoreId(),
        context.getTerm());
  }

  /** A context for {@code peer} of {@code region}, to which callers add what else they send. */
  public static Context.Builder context(Region region, @Nullable Peer peer) {
    Context.Builder context =
        Context.newBuilder().setRegionId(region.id()).setRegionEpoch(toProto(region.epoch()));
    if (peer != null) {
      context.setPeer(toProto(peer));
    }
    return context;
  }

  private static dev.terrane.proto.metapb.PeerRole toProto(PeerRole role) {
    return switch (role) {
      case VOTER -> dev.terrane.proto.metapb.PeerRole.Voter;
      case LEARNER -> dev.terrane.proto.metapb.PeerRole.Learner;
      case INCOMING_VOTER -> dev.terrane.proto.metapb.PeerRole.IncomingVoter;
      case DEMOTING_VOTER -> dev.terrane.proto.metapb.PeerRole.DemotingVoter;
    };
  }

  private static PeerRole fromProto(dev.terrane.proto.metapb.PeerRole role) {
    return switch (role) {
      case Voter -> PeerRole.VOTER;
      case Learner -> PeerRole.LEARNER;
      case IncomingVoter -> PeerRole.INCOMING_VOTER;
      case DemotingVoter -> PeerRole.DEMOTING_VOTER;
      case UNRECOGNIZED -> throw new IllegalArgumentException("peer role is none that is known");
    };
  }
}
