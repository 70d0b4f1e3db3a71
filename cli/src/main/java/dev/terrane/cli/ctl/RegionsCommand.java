package dev.terrane.cli.ctl;

import com.google.protobuf.ByteString;
import dev.terrane.cli.text.Escapes;
import dev.terrane.common.Bytes;
import dev.terrane.proto.metapb.Peer;
import dev.terrane.proto.metapb.PeerRole;
import dev.terrane.proto.pdpb.Region;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** Lists the Regions with their replicas. */
@Command(
    name = "regions",
    description = "List the Regions: their keys, epoch, leader and replicas.",
    footer = {
      "",
      "PEERS is STORE:PEER for each replica, with its role where it is not a voter. START and END are",
      "keys as the placement driver has them; an empty START or END means: no bound."
    })
final class RegionsCommand extends ListingCommand {
  @Override
  Listing list(PdSession session) {
    Listing listing =
        new Listing(
            "REGION", "START", "END", "CONF VER", "VERSION", "LEADER STORE", "PEERS", "DOWN");
    for (Region region : session.regions()) {
      listing.row(
          region.getRegion().getId(),
          key(region.getRegion().getStartKey()),
          key(region.getRegion().getEndKey()),
          region.getRegion().getRegionEpoch().getConfVer(),
          region.getRegion().getRegionEpoch().getVersion(),
          region.hasLeader() ? Long.toString(region.getLeader().getStoreId()) : "none",
          region.getRegion().getPeersList().stream()
              .map(RegionsCommand::peer)
              .collect(Collectors.joining(" ")),
          region.getDownPeersList().stream()
              .map(down -> peer(down.getPeer()))
              .collect(Collectors.joining(" ")));
    }
    return listing;
  }

  private static String key(ByteString key) {
    return Escapes.format(Bytes.wrap(key.toByteArray()));
  }

  private static String peer(Peer peer) {
    return peer.getStoreId()
        + ":"
        + peer.getId()
        + (peer.getRole() == PeerRole.Voter ? "" : " (" + peer.getRole() + ")");
  }
}
