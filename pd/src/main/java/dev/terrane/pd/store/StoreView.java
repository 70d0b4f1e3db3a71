package dev.terrane.pd.store;

import dev.terrane.proto.metapb.Store;
import dev.terrane.proto.metapb.StoreLabel;
import dev.terrane.proto.pdpb.StoreStats;

/**
 * A store at one moment.
 *
 * @param stats of its last heartbeat; all zeros before the first one
 * @param regionCount replicas of known Regions that it holds
 */
public record StoreView(Store store, StoreCondition condition, StoreStats stats, int regionCount) {
  public long id() {
    return store.getId();
  }

  /** The value of a label; empty if the store does not have it. */
  public String label(String key) {
    for (StoreLabel label : store.getLabelsList()) {
      if (label.getKey().equals(key)) {
        return label.getValue();
      }
    }
    return "";
  }
}
