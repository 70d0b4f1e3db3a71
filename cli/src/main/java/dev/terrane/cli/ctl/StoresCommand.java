package dev.terrane.cli.ctl;

import dev.terrane.client.PdClient;
import dev.terrane.client.RegionInfo;
import dev.terrane.client.StoreInfo;
import dev.terrane.proto.metapb.Store;
import dev.terrane.proto.metapb.StoreState;
import dev.terrane.proto.pdpb.RequestHeader;
import dev.terrane.proto.terranepd.ListStoresRequest;
import dev.terrane.proto.terranepd.ListStoresResponse;
import dev.terrane.proto.terranepd.StoreSummary;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** Lists the stores, with how many replicas and leaders each has. */
@Command(name = "stores", description = "List the stores, their state, replicas and leaders.")
final class StoresCommand extends ListingCommand {
  private static Listing listing() {
    return new Listing(
        "STORE",
        "ADDRESS",
        "STATE",
        "LEADERS",
        "REPLICAS",
        "VERSION",
        "LABELS",
        "HEARTBEAT",
        "OUTLOOK");
  }

  @Override
  Listing listOwn(PdOperations pd) throws PdOperations.NotTerrane {
    RequestHeader header =
        RequestHeader.newBuilder().setClusterId(pd.members().getHeader().getClusterId()).build();
    ListStoresResponse answer =
        pd.atLeader(
            leader -> leader.listStores(ListStoresRequest.newBuilder().setHeader(header).build()));
    Listing listing = listing();
    for (StoreSummary summary : answer.getStoresList()) {
      Store store = summary.getStore();
      if (store.getState() != StoreState.Tombstone) {
        listing.row(
            store.getId(),
            store.getAddress(),
            summary.getCondition(),
            (long) summary.getLeaderCount(),
            (long) summary.getRegionCount(),
            store.getVersion(),
            store.getLabelsList().stream()
                .map(label -> label.getKey() + "=" + label.getValue())
                .collect(Collectors.joining(",")),
            heartbeat(store.getLastHeartbeat() / 1_000_000),
            summary.getOutlook());
      }
    }
    return listing;
  }

  /** Another product's placement driver does not tell who is silent, but when it heard of each. */
  @Override
  Listing list(PdClient pd) {
    List<RegionInfo> regions = AllRegions.of(pd);
    Listing listing = listing();
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
          heartbeat(store.lastHeartbeatMillis()),
          "");
    }
    return listing;
  }

  private static boolean leads(StoreInfo store, RegionInfo region) {
    return region.leader().map(peer -> peer.storeId() == store.id()).orElse(false);
  }

  private static boolean holds(StoreInfo store, RegionInfo region) {
    return region.region().peers().stream().anyMatch(peer -> peer.storeId() == store.id());
  }

  private static String heartbeat(long millis) {
    return millis == 0
        ? "not yet" // by this leader of PD
        : Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
