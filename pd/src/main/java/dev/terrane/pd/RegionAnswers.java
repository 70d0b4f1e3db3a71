package dev.terrane.pd;

import dev.terrane.common.region.Peer;
import dev.terrane.pd.region.DownPeer;
import dev.terrane.pd.region.RegionInfo;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.pdpb.GetRegionResponse;
import dev.terrane.proto.pdpb.PeerStats;
import dev.terrane.proto.pdpb.RegionResponse;

/**
 * Regions as clients get them. Leader, down and pending peers are taken from the Region's own list
 * of peers, for clients compare whole messages.
 */
final class RegionAnswers {
  private RegionAnswers() {}

  static GetRegionResponse.Builder get(RegionInfo info) {
    dev.terrane.proto.pdpb.Region region = region(info);
    GetRegionResponse.Builder response =
        GetRegionResponse.newBuilder()
            .setRegion(region.getRegion())
            .addAllDownPeers(region.getDownPeersList())
            .addAllPendingPeers(region.getPendingPeersList());
    if (region.hasLeader()) {
      response.setLeader(region.getLeader());
    }
    return response;
  }

  static RegionResponse response(RegionInfo info) {
    dev.terrane.proto.pdpb.Region region = region(info);
    RegionResponse.Builder response =
        RegionResponse.newBuilder()
            .setRegion(region.getRegion())
            .addAllDownPeers(region.getDownPeersList())
            .addAllPendingPeers(region.getPendingPeersList());
    if (region.hasLeader()) {
      response.setLeader(region.getLeader());
    }
    return response.build();
  }

  static dev.terrane.proto.pdpb.Region region(RegionInfo info) {
    dev.terrane.proto.pdpb.Region.Builder region =
        dev.terrane.proto.pdpb.Region.newBuilder().setRegion(ProtoRegions.toProto(info.region()));
    Peer leader = info.leader() == null ? null : info.region().peer(info.leader().id());
    if (leader != null) {
      region.setLeader(ProtoRegions.toProto(leader));
    }
    for (DownPeer down : info.downPeers()) {
      Peer peer = info.region().peer(down.peer().id());
      if (peer != null) {
        region.addDownPeers(
            PeerStats.newBuilder()
                .setPeer(ProtoRegions.toProto(peer))
                .setDownSeconds(down.downSeconds()));
      }
    }
    for (Peer pending : info.pendingPeers()) {
      Peer peer = info.region().peer(pending.id());
      if (peer != null) {
        region.addPendingPeers(ProtoRegions.toProto(peer));
      }
    }
    return region.build();
  }
}
