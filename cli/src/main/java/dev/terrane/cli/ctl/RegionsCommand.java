package dev.terrane.cli.ctl;

import dev.terrane.cli.text.Escapes;
import dev.terrane.client.PdClient;
import dev.terrane.client.RegionInfo;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.PeerRole;
import dev.terrane.common.region.Region;
import java.util.List;
import java.util.Locale;
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
  Listing list(PdClient pd) {
    Listing listing =
        new Listing(
            "REGION",
            "START",
            "END",
            "CONF VER",
            "VERSION",
            "LEADER STORE",
            "PEERS",
            "DOWN",
            "PENDING");
    for (RegionInfo info : AllRegions.of(pd)) {
      Region region = info.region();
      listing.row(
          region.id(),
          Escapes.format(region.range().start()),
          Escapes.format(region.range().end()),
          region.epoch().confVer(),
          region.epoch().version(),
          info.leader().map(leader -> Long.toString(leader.storeId())).orElse("none"),
          text(region.peers()),
          text(info.down()),
          text(info.pending()));
    }
    return listing;
  }

  private static String text(List<Peer> peers) {
    return peers.stream().map(RegionsCommand::text).collect(Collectors.joining(" "));
  }

  private static String text(Peer peer) {
    String replica = peer.storeId() + ":" + peer.id();
    return peer.role() == PeerRole.VOTER
        ? replica
        : replica + "(" + peer.role().name().toLowerCase(Locale.ROOT) + ")";
  }
}
