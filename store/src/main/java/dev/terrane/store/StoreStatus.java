package dev.terrane.store;

import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A store at about one moment, for operators and the HTTP status port. */
public record StoreStatus(
    long clusterId,
    long storeId,
    long admittedRequests,
    long admittedBytes,
    List<RegionStatus> regions) {
  public StoreStatus {
    regions = List.copyOf(regions);
  }

  /**
   * One peer of this store.
   *
   * @param region null while the peer waits for its first data
   * @param leads whether this peer leads in {@code term}
   * @param leader who does, as far as it knows
   * @param data none, readable, replacing or destroyed
   * @param applied through which log entry the data goes
   */
  public record RegionStatus(
      long regionId,
      long peerId,
      @Nullable Region region,
      boolean leads,
      @Nullable Peer leader,
      long term,
      String data,
      long applied) {}
}
