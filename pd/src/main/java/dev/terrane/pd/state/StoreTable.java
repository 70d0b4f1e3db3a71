package dev.terrane.pd.state;

import dev.terrane.proto.metapb.NodeState;
import dev.terrane.proto.metapb.Store;
import dev.terrane.proto.metapb.StoreState;
import dev.terrane.proto.pdpb.ErrorType;
import dev.terrane.proto.terranepd.Command;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The stores: who they are, where they are, and whether they are wanted. A store is known by its id
 * and keeps its identity when its address changes.
 *
 * <p>Up -> Offline when an operator says that it is to be removed; Offline -> Tombstone once it
 * holds nothing. A tombstone never comes back. A store whose address another one has taken has none
 * until it says where it is now: nothing else follows for it.
 */
public final class StoreTable {
  private static final int STORES_MAX = 16_384;
  private static final int STORE_BYTES_MAX = 16 << 10;

  private final TreeMap<Long, Store> byId = new TreeMap<>();

  StoreTable(List<Store> stores) {
    for (Store store : stores) {
      byId.put(store.getId(), store);
    }
  }

  /** The store, in whatever state. */
  public @Nullable Store get(long storeId) {
    return byId.get(storeId);
  }

  /** All stores by their ids, tombstones too. */
  public Collection<Store> all() {
    return Collections.unmodifiableCollection(byId.values());
  }

  /** A store that is not gone and has this address, other than {@code exceptId}; null if none. */
  public @Nullable Store atAddress(String address, long exceptId) {
    for (Store store : byId.values()) {
      if (store.getId() != exceptId
          && !address.isEmpty()
          && store.getAddress().equals(address)
          && !isGone(store)) {
        return store;
      }
    }
    return null;
  }

  /** The oldest version that runs, by which features are chosen; empty without stores. */
  public String clusterVersion() {
    SemanticVersion oldest = null;
    for (Store store : byId.values()) {
      SemanticVersion version = SemanticVersion.parse(store.getVersion());
      if (store.getState() != StoreState.Tombstone
          && version != null
          && (oldest == null || version.compareTo(oldest) < 0)) {
        oldest = version;
      }
    }
    return oldest == null ? "" : oldest.toString();
  }

  Outcome put(Command.PutStore command) {
    Store store = command.getStore();
    Outcome refused = refuse(store, command.getReplacesStoreId());
    if (refused != null) {
      return refused;
    }
    Store replaced = byId.get(command.getReplacesStoreId());
    if (replaced != null && replaced.getAddress().equals(store.getAddress())) {
      byId.put(replaced.getId(), replaced.toBuilder().clearAddress().clearPeerAddress().build());
    }
    byId.put(store.getId(), record(store));
    return Outcome.DONE;
  }

  /** Whether {@code store} is wanted, and says nothing that is not written down. */
  public boolean isAlready(Store store) {
    Store known = byId.get(store.getId());
    return known != null && !isGone(known) && record(store).equals(known);
  }

  private static boolean isGone(Store store) {
    return store.getState() == StoreState.Tombstone || store.getPhysicallyDestroyed();
  }

  private Store record(Store store) {
    Store known = byId.get(store.getId());
    return store.toBuilder()
        .setState(known == null ? StoreState.Up : known.getState())
        .setNodeState(known == null ? NodeState.Serving : known.getNodeState())
        .setPhysicallyDestroyed(false)
        .clearLastHeartbeat()
        .build();
  }

  /** Why a life of {@code known} that is its start number {@code starts} is not the one to be. */
  public static String startedLater(Store known, long starts) {
    return ("store %d was started %d times, and this is its start %d: it was started again since, or"
            + " an older copy of its directory was put back. Stop this one; put the newest copy"
            + " back, or start with an empty directory, as a new store")
        .formatted(known.getId(), known.getStarts(), starts);
  }

  /**
   * Why nothing is believed that a life of {@code known} says, its start number {@code starts}, or
   * 0 if it does not count them: until it is taken in, it may be a copy of the store.
   */
  public static @Nullable String whyNotBelieved(@Nullable Store known, long starts) {
    return known == null || starts == 0 || starts == known.getStarts()
        ? null
        : "store %d is known in its start %d: its start %d is not believed before it is taken in"
            .formatted(known.getId(), known.getStarts(), starts);
  }

  private @Nullable Outcome refuse(Store store, long replaces) {
    if (store.getId() == 0) {
      return invalid("invalid put store request: the store has no id");
    }
    if (store.getAddress().isEmpty()) {
      return invalid("invalid put store request: store " + store.getId() + " has no address");
    }
    if (store.getSerializedSize() > STORE_BYTES_MAX) {
      return invalid(
          "invalid put store request: what store %d says of itself has %d bytes, at most %d: fewer or shorter labels"
              .formatted(store.getId(), store.getSerializedSize(), STORE_BYTES_MAX));
    }
    Store known = byId.get(store.getId());
    if (known == null && byId.size() >= STORES_MAX) {
      return invalid("there are %d stores, the most there may be".formatted(STORES_MAX));
    }
    if (known != null && isGone(known)) {
      return new Outcome.Refused(
          ErrorType.STORE_TOMBSTONE,
          ("store %d has been removed for good: stop its node, or start it with an empty directory,"
                  + " as a new store")
              .formatted(store.getId()));
    }
    if (known != null && store.getStarts() != 0 && store.getStarts() < known.getStarts()) {
      return new Outcome.Refused(
          ErrorType.DUPLICATED_ENTRY, startedLater(known, store.getStarts()));
    }
    if (known != null && isTwinOf(known, store)) {
      return new Outcome.Refused(
          ErrorType.DUPLICATED_ENTRY,
          ("store %d has begun its start %d before, at another time: this is the start %d of an"
                  + " older copy of its directory. Stop this one; put the newest copy back, or"
                  + " start with an empty directory, as a new store")
              .formatted(store.getId(), known.getStarts(), store.getStarts()));
    }
    SemanticVersion version = SemanticVersion.parse(store.getVersion());
    if (version == null) {
      return new Outcome.Refused(
          ErrorType.INCOMPATIBLE_VERSION,
          "version \"" + store.getVersion() + "\" is not a semantic version");
    }
    SemanticVersion cluster = SemanticVersion.parse(clusterVersion());
    if (cluster != null && !version.isCompatibleWith(cluster)) {
      return new Outcome.Refused(
          ErrorType.INCOMPATIBLE_VERSION,
          "version " + version + " is older than the cluster's " + cluster);
    }
    Store other = atAddress(store.getAddress(), store.getId());
    if (other != null && other.getId() != replaces) {
      return new Outcome.Refused(
          ErrorType.DUPLICATED_ENTRY,
          ("duplicated store address: %1$s is that of store %2$d, which has not left it; it is free when"
                  + " that store has been silent for 20 seconds, or says that it is elsewhere. If the"
                  + " disk of store %2$d is lost, have it removed as destroyed")
              .formatted(store.getAddress(), other.getId()));
    }
    return null;
  }

  /** A directory that is one start behind counts as the start that PD knows, but began later. */
  private static boolean isTwinOf(Store known, Store told) {
    return told.getStarts() != 0
        && told.getStarts() == known.getStarts()
        && known.getStartTimestamp() != told.getStartTimestamp();
  }

  private static Outcome.Refused invalid(String text) {
    return new Outcome.Refused(ErrorType.INVALID_VALUE, text);
  }

  Outcome setState(Command.SetStoreState command) {
    Store store = byId.get(command.getStoreId());
    if (store == null) {
      return invalid("invalid store ID " + command.getStoreId() + ", not found");
    }
    if (store.getState() == StoreState.Tombstone) {
      return new Outcome.Refused(
          ErrorType.STORE_TOMBSTONE, "store " + store.getId() + " has been removed");
    }
    // Decided on a state that another command, which came first, has changed.
    if (command.getState() == StoreState.Tombstone && store.getState() != StoreState.Offline) {
      return invalid("store " + store.getId() + " is not being removed");
    }
    if (command.getState() == StoreState.Up && store.getPhysicallyDestroyed()) {
      return new Outcome.Refused(
          ErrorType.STORE_TOMBSTONE, "store " + store.getId() + " has been removed for good");
    }
    NodeState nodeState =
        switch (command.getState()) {
          case Up -> NodeState.Serving;
          case Offline -> NodeState.Removing;
          case Tombstone -> NodeState.Removed;
          case UNRECOGNIZED -> store.getNodeState();
        };
    byId.put(
        store.getId(),
        store.toBuilder()
            .setState(command.getState())
            .setNodeState(nodeState)
            .setPhysicallyDestroyed(
                store.getPhysicallyDestroyed() || command.getPhysicallyDestroyed())
            .build());
    return Outcome.DONE;
  }
}
