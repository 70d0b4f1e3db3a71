package dev.terrane.sim.invariant;

import dev.terrane.proto.metapb.Store;
import dev.terrane.proto.pdpb.StoreStats;
import dev.terrane.sim.world.SimulationFailure;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Whose word PD takes for where a store is: never a copy's while PD hears the original. */
final class StoreWords {
  /** PD's own allowance is longer. */
  private static final long HEARD_NANOS = 15_000_000_000L;

  private final Map<Long, Long> heardNanosByStoreId = new HashMap<>(); // never iterated
  private final Map<Long, Long> startsByStoreId = new HashMap<>(); // never iterated
  private final Set<String> copies = new HashSet<>(); // never iterated

  /** From now on what says that it is at {@code address} is a copy of a store. */
  void copyAt(String address) {
    copies.add(address);
  }

  /** How often a store was started, as far as PD has taken it in. */
  long starts(long storeId) {
    return startsByStoreId.getOrDefault(storeId, 0L);
  }

  /** PD has answered the heartbeat of a store as that of one that lives. */
  void heard(StoreStats stats, long nowNanos) {
    if (stats.getStarts() == starts(stats.getStoreId())) {
      heardNanosByStoreId.put(stats.getStoreId(), nowNanos);
    }
  }

  /** PD has taken in where a store is. */
  void taken(Store store, long nowNanos) {
    long silentNanos = nowNanos - heardNanosByStoreId.getOrDefault(store.getId(), -HEARD_NANOS);
    if (copies.contains(store.getAddress()) && silentNanos < HEARD_NANOS) {
      throw new SimulationFailure(
          "PD takes the word of a copy of store %d, at %s, while it hears the original"
              .formatted(store.getId(), store.getAddress()));
    }
    startsByStoreId.merge(store.getId(), store.getStarts(), Math::max);
  }
}
