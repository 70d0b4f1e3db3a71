package dev.terrane.cli.ctl;

import dev.terrane.client.PdClient;
import dev.terrane.client.RegionInfo;
import dev.terrane.client.StoreInfo;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** Lists the stores, with how many replicas and leaders each has. */
@Command(name = "stores", description = "List the stores, their state, replicas and leaders.")
final class StoresCommand extends ListingCommand {
  @Override
  Listing list(PdClient pd) {
    List<RegionInfo> regions = AllRegions.of(pd);
    Listing listing =
        new Listing(
            "STORE", "ADDRESS", "STATE", "LEADERS", "REPLICAS", "VERSION", "LABELS", "HEARTBEAT");
    for (StoreInfo store : pd.stores()) {
      listing.row(
          store.id(),
          store.address(),
          store.state(),
          regions.stream().filter(region -> leads(store, region)).count(),
          regions.stream().filter(region -> holds(store, region)).count(),
          store.version(),
          store.labels().entrySet().stream()
              .map(label -> label.getKey() + "=" + label.getValue())
              .collect(Collectors.joining(",")),
          heartbeat(store));
    }
    return listing;
  }

  private static boolean leads(StoreInfo store, RegionInfo region) {
    return region.leader().map(peer -> peer.storeId() == store.id()).orElse(false);
  }

  private static boolean holds(StoreInfo store, RegionInfo region) {
    return region.region().peers().stream().anyMatch(peer -> peer.storeId() == store.id());
  }

  private static String heartbeat(StoreInfo store) {
    return store.lastHeartbeatMillis() == 0
        ? "not yet" // by this leader of PD
        : Instant.ofEpochMilli(store.lastHeartbeatMillis())
            .truncatedTo(ChronoUnit.SECONDS)
            .toString();
  }
}
