package dev.terrane.pd.checker;

import dev.terrane.common.region.Peer;
import dev.terrane.pd.region.RegionInfo;
import dev.terrane.pd.store.StoreCondition;
import dev.terrane.pd.store.StoreView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Chooses the store for a new replica: far from the others, then with few replicas. */
final class TargetStores {
  /** Left free on every disk: replicas that fill it would stop all writes there. */
  private static final long RESERVED_BYTES_MAX = 1L << 30;

  private static final int RESERVED_PERCENT = 5;

  private TargetStores() {}

  /** The best store for another replica of {@code region}; null if none can take it now. */
  static @Nullable StoreView choose(RegionInfo region, ClusterView cluster) {
    StoreView best = null;
    long bestIsolation = -1;
    for (StoreView store : cluster.stores()) {
      if (refusal(region, store, cluster) != null) {
        continue;
      }
      long isolation = isolation(region, store, cluster);
      if (best == null
          || isolation > bestIsolation
          || (isolation == bestIsolation && store.regionCount() < best.regionCount())) {
        best = store;
        bestIsolation = isolation;
      }
    }
    return best;
  }

  /** Why {@code store} cannot take a replica of {@code region} now; null if it can. */
  static @Nullable String refusal(RegionInfo region, StoreView store, ClusterView cluster) {
    if (region.region().peerOnStore(store.id()) != null) {
      return "has a replica already";
    }
    if (store.condition() != StoreCondition.UP) {
      return "is " + store.condition();
    }
    if (store.stats().getIsBusy()) {
      return "is busy";
    }
    if (cluster.operatorsOnStore(store.id()) >= cluster.rules().getOperatorsPerStoreMax()) {
      return "has as many moves under way as it may";
    }
    long capacity = store.stats().getCapacity();
    long reserved = Math.min(RESERVED_BYTES_MAX, capacity / 100 * RESERVED_PERCENT);
    if (capacity > 0 && store.stats().getAvailable() < region.approximateBytes() + reserved) {
      return "has too little space";
    }
    return null;
  }

  /**
   * Greater where the labels differ from those of the Region's stores, the first label the most.
   */
  private static long isolation(RegionInfo region, StoreView candidate, ClusterView cluster) {
    List<String> labels = cluster.rules().getLocationLabelsList();
    long isolation = 0;
    for (Peer peer : region.region().peers()) {
      StoreView other = cluster.store(peer.storeId());
      if (other == null || other.condition().isLost()) {
        continue;
      }
      for (int i = 0; i < labels.size(); i++) {
        if (!candidate.label(labels.get(i)).equals(other.label(labels.get(i)))) {
          isolation += 1L << (8 * Math.min(7, labels.size() - 1 - i));
          break;
        }
      }
    }
    return isolation;
  }
}
