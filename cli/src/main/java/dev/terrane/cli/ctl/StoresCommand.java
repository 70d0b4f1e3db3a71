package dev.terrane.cli.ctl;

import dev.terrane.proto.metapb.Peer;
import dev.terrane.proto.metapb.Store;
import dev.terrane.proto.metapb.StoreLabel;
import dev.terrane.proto.pdpb.Region;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** Lists the stores, with how many replicas and leaders each has. */
@Command(name = "stores", description = "List the stores, their state, replicas and leaders.")
final class StoresCommand extends ListingCommand {
  @Override
  Listing list(PdSession session) {
    List<Region> regions = session.regions();
    Listing listing =
        new Listing(
            "STORE", "ADDRESS", "STATE", "LEADERS", "REPLICAS", "VERSION", "LABELS", "HEARTBEAT");
    for (Store store : session.stores()) {
      listing.row(
          store.getId(),
          store.getAddress(),
          store.getState().name(),
          regions.stream().filter(r -> r.getLeader().getStoreId() == store.getId()).count(),
          regions.stream().filter(r -> holdsReplica(r, store.getId())).count(),
          store.getVersion(),
          store.getLabelsList().stream().map(StoresCommand::text).collect(Collectors.joining(",")),
          heartbeat(store));
    }
    return listing;
  }

  private static boolean holdsReplica(Region region, long storeId) {
    return region.getRegion().getPeersList().stream()
        .map(Peer::getStoreId)
        .anyMatch(id -> id == storeId);
  }

  private static String text(StoreLabel label) {
    return label.getKey() + "=" + label.getValue();
  }

  private static String heartbeat(Store store) {
    return store.getLastHeartbeat() <= 0
        ? "never"
        : Instant.EPOCH
            .plusNanos(store.getLastHeartbeat())
            .truncatedTo(ChronoUnit.SECONDS)
            .toString();
  }
}
