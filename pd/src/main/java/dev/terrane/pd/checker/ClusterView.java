package dev.terrane.pd.checker;

import dev.terrane.pd.store.StoreView;
import dev.terrane.proto.terranepd.Rules;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The stores and rules at one moment, as a checker sees them. */
public interface ClusterView {
  Rules rules();

  /** All stores but tombstones, by their ids. */
  List<StoreView> stores();

  /** The store of this id; null if it is unknown or a tombstone. */
  @Nullable StoreView store(long storeId);

  /** How many operators move a replica to or from a store. */
  int operatorsOnStore(long storeId);
}
