package dev.terrane.pd;

import dev.terrane.common.Bytes;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.PeerRole;
import dev.terrane.pd.region.RegionInfo;
import dev.terrane.pd.state.Outcome;
import dev.terrane.pd.store.StoreCondition;
import dev.terrane.pd.store.StoreView;
import dev.terrane.proto.metapb.Store;
import dev.terrane.proto.metapb.StoreState;
import dev.terrane.proto.pdpb.ErrorType;
import dev.terrane.proto.pdpb.ResponseHeader;
import dev.terrane.proto.terranepd.Command;
import dev.terrane.proto.terranepd.KeepStoreRequest;
import dev.terrane.proto.terranepd.KeepStoreResponse;
import dev.terrane.proto.terranepd.RemoveStoreRequest;
import dev.terrane.proto.terranepd.RemoveStoreResponse;
import java.util.List;

/**
 * How stores leave the cluster: at an operator's word a store is Offline and its replicas are moved
 * away, or rebuilt from others where it is destroyed; once it holds nothing it is a tombstone.
 *
 * <p>Nothing is taken at an operator's word that would lose data, unless the word says so too.
 * Confined to the member's thread.
 */
final class StoreRemovals {
  private static final int LOOKED_AT_ONCE = 1024;

  private final PdMember member;
  private boolean burying;

  StoreRemovals(PdMember member) {
    this.member = member;
  }

  // ---- calls

  void removeStore(RemoveStoreRequest request, PdReply<RemoveStoreResponse> reply) {
    Leadership leadership = member.leadership();
    Store store = member.stateOrThrow().stores().get(request.getStoreId());
    ResponseHeader wrong = null;
    if (store == null) {
      wrong = error(ErrorType.UNKNOWN, StoreCalls.unknown(request.getStoreId()));
    } else if (store.getState() == StoreState.Tombstone) {
      wrong = error(ErrorType.STORE_TOMBSTONE, "store " + store.getId() + " has been removed");
    } else if (leadership != null) {
      String why = whyNot(store, request, leadership);
      wrong = why.isEmpty() ? null : error(ErrorType.INVALID_VALUE, why);
    }
    if (wrong != null || store == null) {
      reply.answer(RemoveStoreResponse.newBuilder().setHeader(wrong).build());
      return;
    }
    boolean silent =
        leadership != null && !Left.isThere(store.getId(), leadership, member.time().nanoTime());
    String outlook = outlook(store, request.getPhysicallyDestroyed(), silent);
    if (request.getDryRun()) {
      reply.answer(RemoveStoreResponse.newBuilder().setHeader(ok()).setOutlook(outlook).build());
      return;
    }
    Command.Builder command = Command.newBuilder();
    command
        .getSetStoreStateBuilder()
        .setStoreId(store.getId())
        .setState(StoreState.Offline)
        .setPhysicallyDestroyed(request.getPhysicallyDestroyed());
    member.replicate(
        command,
        reply,
        outcome ->
            RemoveStoreResponse.newBuilder()
                .setHeader(headerOf(outcome))
                .setOutlook(outlook)
                .build());
  }

  void keepStore(KeepStoreRequest request, PdReply<KeepStoreResponse> reply) {
    Store store = member.stateOrThrow().stores().get(request.getStoreId());
    ResponseHeader wrong = null;
    if (store == null) {
      wrong = error(ErrorType.UNKNOWN, StoreCalls.unknown(request.getStoreId()));
    } else if (store.getState() == StoreState.Tombstone || store.getPhysicallyDestroyed()) {
      wrong =
          error(
              ErrorType.STORE_TOMBSTONE,
              "store %d has been removed for good; start its node with an empty directory, as a new store"
                  .formatted(store.getId()));
    }
    if (wrong != null || store == null) {
      reply.answer(KeepStoreResponse.newBuilder().setHeader(wrong).build());
      return;
    }
    Command.Builder command = Command.newBuilder();
    command.getSetStoreStateBuilder().setStoreId(store.getId()).setState(StoreState.Up);
    member.replicate(
        command,
        reply,
        outcome -> KeepStoreResponse.newBuilder().setHeader(headerOf(outcome)).build());
  }

  private ResponseHeader ok() {
    return Headers.ok(member.stateOrThrow().clusterId());
  }

  private ResponseHeader headerOf(Outcome outcome) {
    return outcome instanceof Outcome.Refused refused
        ? Headers.refused(member.stateOrThrow().clusterId(), refused)
        : ok();
  }

  private ResponseHeader error(ErrorType type, String text) {
    return Headers.error(member.stateOrThrow().clusterId(), type, text);
  }

  // ---- what speaks against it

  private String whyNot(Store store, RemoveStoreRequest request, Leadership leadership) {
    if (!request.getPhysicallyDestroyed()) {
      return whyNotMoved(store, leadership);
    }
    long nowNanos = member.time().nanoTime();
    long heardNanos = leadership.book().silentNanos(store.getId(), nowNanos);
    if (!store.getPhysicallyDestroyed()
        && !leadership.book().isDisconnected(store.getId(), nowNanos)) {
      return ("store %d was heard of, or expected since PD's leader changed, %d s ago, and may live"
              + " at %s. Stop it first; or remove it without saying that it is destroyed, and its"
              + " replicas are moved away")
          .formatted(store.getId(), heardNanos / 1_000_000_000, store.getAddress());
    }
    return request.getAcceptLoss() ? "" : whatIsLost(store, leadership);
  }

  /** Whether its replicas have somewhere to go. Looks at all Regions: nobody asks this often. */
  private String whyNotMoved(Store store, Leadership leadership) {
    List<StoreView> others =
        leadership.stores().stream()
            .filter(other -> other.id() != store.getId())
            .filter(other -> other.condition() == StoreCondition.UP)
            .toList();
    Bytes from = Bytes.EMPTY;
    List<RegionInfo> next;
    boolean stuck = others.isEmpty();
    do {
      next = member.regions().currentFrom(from, LOOKED_AT_ONCE);
      for (RegionInfo region : next) {
        stuck |= hasNowhereToGo(region, store.getId(), others);
      }
      from = next.isEmpty() ? from : next.getLast().region().range().start().successor();
    } while (!stuck && next.size() == LOOKED_AT_ONCE);
    return stuck
        ? ("store %d cannot be removed: %s up, and Regions have %d replicas, so"
                + " that its own would have nowhere to go. Add a store first; or, if its disk is lost"
                + " for good, say that it is destroyed")
            .formatted(
                store.getId(),
                others.size() == 1 ? "1 other store is" : others.size() + " other stores are",
                leadership.rules().getReplicasMax())
        : "";
  }

  /** Whether {@code region} has a vote on the store, and each of {@code others} has one already. */
  private static boolean hasNowhereToGo(RegionInfo region, long storeId, List<StoreView> others) {
    return isVoterOn(region, storeId)
        && others.stream().allMatch(other -> isVoterOn(region, other.id()));
  }

  private static boolean isVoterOn(RegionInfo region, long storeId) {
    Peer peer = region.region().peerOnStore(storeId);
    return peer != null && peer.role() != PeerRole.LEARNER;
  }

  /**
   * Which Regions cannot go on without {@code store}, in words; empty if there is none. Looks at
   * all Regions: nobody asks this often.
   */
  private String whatIsLost(Store store, Leadership leadership) {
    long nowNanos = member.time().nanoTime();
    long lastReplicas = 0;
    long quorums = 0;
    RegionInfo example = null;
    Bytes from = Bytes.EMPTY;
    List<RegionInfo> next;
    do {
      next = member.regions().currentFrom(from, LOOKED_AT_ONCE);
      for (RegionInfo region : next) {
        if (region.region().peerOnStore(store.getId()) == null) {
          continue;
        }
        Left left = Left.of(region, store.getId(), leadership, nowNanos);
        lastReplicas += left.alive == 0 ? 1 : 0;
        quorums += left.alive > 0 && !left.isQuorum() ? 1 : 0;
        boolean worse = example == null || (left.alive == 0 && lastReplicas == 1);
        example = !left.isQuorum() && worse ? region : example;
      }
      from = next.isEmpty() ? from : next.getLast().region().range().start().successor();
    } while (next.size() == LOOKED_AT_ONCE);
    if (example == null) {
      return "";
    }
    return lastReplicas > 0
        ? ("store %d has the last replica of %s: the data there would be given up for good. Bring"
                + " another store that had a replica back first; or say that the loss is accepted")
            .formatted(store.getId(), named(lastReplicas, example))
        : ("without store %d there is no quorum in %s: nothing can be read or written there until"
                + " another store with a replica is back. Bring one back first; or say that the"
                + " loss is accepted")
            .formatted(store.getId(), named(quorums, example));
  }

  private static String named(long regions, RegionInfo example) {
    return regions == 1
        ? "Region " + example.id()
        : "%d Regions, such as Region %d".formatted(regions, example.id());
  }

  /** What is left of a Region's voters when a store is gone. */
  private record Left(int voters, int alive) {
    static Left of(RegionInfo region, long goneStoreId, Leadership leadership, long nowNanos) {
      int voters = 0;
      int alive = 0;
      for (Peer peer : region.region().peers()) {
        if (peer.role() == PeerRole.LEARNER) {
          continue;
        }
        voters++;
        boolean stays = peer.storeId() != goneStoreId;
        alive += stays && isThere(peer.storeId(), leadership, nowNanos) ? 1 : 0;
      }
      return new Left(voters, alive);
    }

    /** A store that is to be removed serves until it is, but only while it is heard of. */
    private static boolean isThere(long storeId, Leadership leadership, long nowNanos) {
      StoreView store = leadership.store(storeId);
      return store != null
          && !store.store().getPhysicallyDestroyed()
          && store.condition() != StoreCondition.TOMBSTONE
          && !leadership.book().isDisconnected(storeId, nowNanos);
    }

    boolean isQuorum() {
      return alive > voters / 2;
    }
  }

  private String outlook(Store store, boolean destroyed, boolean silent) {
    int replicas = member.regions().peersOnStore(store.getId());
    String name =
        store.getAddress().isEmpty() // another has taken it
            ? "store " + store.getId()
            : "store %d at %s".formatted(store.getId(), store.getAddress());
    String what = replicas == 1 ? "its 1 replica is" : "its %d replicas are".formatted(replicas);
    if (silent && !destroyed) {
      return ("%s is to be removed, and is not heard of: %s rebuilt elsewhere from others, and what"
              + " no other store has waits until it is back. If its disk is lost, say that it is"
              + " destroyed")
          .formatted(name, what);
    }
    return destroyed
        ? ("%s is written off: PD no longer listens to it, %s rebuilt from others,"
                + " and it never comes back under this id. Its node starts with an empty directory,"
                + " as a new store")
            .formatted(name, what)
        : ("%s is to be removed: %s moved elsewhere, while it goes on serving; once it has none it is"
                + " removed for good, and its node can be stopped")
            .formatted(name, what);
  }

  // ---- the end of a store

  /**
   * Buries stores that are to be removed and hold nothing any more; only when the whole key space
   * has been reported, since what has not may be there.
   */
  void onTick(Leadership leadership, boolean wholePicture) {
    if (!wholePicture || burying) {
      return;
    }
    for (StoreView store : leadership.stores()) {
      if (store.condition() == StoreCondition.OFFLINE && store.regionCount() == 0) {
        bury(store.id());
        return;
      }
    }
  }

  private void bury(long storeId) {
    Command.Builder command = Command.newBuilder();
    command.getSetStoreStateBuilder().setStoreId(storeId).setState(StoreState.Tombstone);
    burying = true;
    member.replicate(
        command,
        new PdReply<Outcome>() {
          @Override
          public void answer(Outcome outcome) {
            burying = false;
          }

          @Override
          public void refuse(PdRefusal refusal) {
            burying = false;
          }
        },
        outcome -> outcome);
  }
}
