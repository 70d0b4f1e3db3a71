package dev.terrane.pd;

import dev.terrane.pd.region.RegionInfo;
import dev.terrane.pd.state.ClusterState;
import dev.terrane.pd.state.Outcome;
import dev.terrane.pd.state.StoreTable;
import dev.terrane.pd.store.StoreView;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.metapb.PeerRole;
import dev.terrane.proto.metapb.Region;
import dev.terrane.proto.metapb.Store;
import dev.terrane.proto.metapb.StoreState;
import dev.terrane.proto.pdpb.BootstrapRequest;
import dev.terrane.proto.pdpb.BootstrapResponse;
import dev.terrane.proto.pdpb.ErrorType;
import dev.terrane.proto.pdpb.GetAllStoresRequest;
import dev.terrane.proto.pdpb.GetAllStoresResponse;
import dev.terrane.proto.pdpb.GetStoreRequest;
import dev.terrane.proto.pdpb.GetStoreResponse;
import dev.terrane.proto.pdpb.IsBootstrappedRequest;
import dev.terrane.proto.pdpb.IsBootstrappedResponse;
import dev.terrane.proto.pdpb.PutStoreRequest;
import dev.terrane.proto.pdpb.PutStoreResponse;
import dev.terrane.proto.pdpb.ResponseHeader;
import dev.terrane.proto.pdpb.StoreHeartbeatRequest;
import dev.terrane.proto.pdpb.StoreHeartbeatResponse;
import dev.terrane.proto.pdpb.StoreStats;
import dev.terrane.proto.terranepd.Command;
import dev.terrane.proto.terranepd.ListStoresRequest;
import dev.terrane.proto.terranepd.ListStoresResponse;
import dev.terrane.proto.terranepd.StoreSummary;
import org.jspecify.annotations.Nullable;

/** The cluster's beginning, and its stores. Confined to the member's thread. */
final class StoreCalls {
  /** Ids go on from those that a cluster begins with: these must leave it enough. */
  private static final long FIRST_IDS_MAX = 1L << 48;

  /** Of the latest of each store, which are kept. */
  private static final int STATS_BYTES_MAX = 64 << 10;

  private final PdMember member;

  StoreCalls(PdMember member) {
    this.member = member;
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

  /** The header that says so while the cluster is not bootstrapped; null once it is. */
  private @Nullable ResponseHeader notBootstrapped() {
    ClusterState state = member.stateOrThrow();
    return state.isBootstrapped() ? null : Headers.notBootstrapped(state.clusterId());
  }

  // ---- bootstrap

  void bootstrap(BootstrapRequest request, PdReply<BootstrapResponse> reply) {
    String wrong = whatIsWrong(request);
    if (wrong != null) {
      ResponseHeader header = error(ErrorType.INVALID_VALUE, "invalid bootstrap request: " + wrong);
      reply.answer(BootstrapResponse.newBuilder().setHeader(header).build());
      return;
    }
    Command.Builder command = Command.newBuilder();
    command
        .getBootstrapBuilder()
        .setStore(request.getStore())
        .setRegion(request.getRegion())
        .setNowMillis(member.time().wallMillis());
    member.replicate(
        command,
        reply,
        outcome -> {
          if (outcome instanceof Outcome.Done) {
            bootstrapped(request);
          }
          return BootstrapResponse.newBuilder().setHeader(headerOf(outcome)).build();
        });
  }

  private static @Nullable String whatIsWrong(BootstrapRequest request) {
    Store store = request.getStore();
    Region region = request.getRegion();
    if (store.getId() == 0) {
      return "the store has no id";
    }
    if (region.getId() == 0) {
      return "the Region has no id";
    }
    if (!region.getStartKey().isEmpty() || !region.getEndKey().isEmpty()) {
      return "the first Region must cover all keys";
    }
    if (region.getPeersCount() != 1) {
      return "the first Region has %d peers, not one".formatted(region.getPeersCount());
    }
    if (region.getPeers(0).getId() == 0) {
      return "the peer has no id";
    }
    long largest = Math.max(Math.max(store.getId(), region.getId()), region.getPeers(0).getId());
    long least = Math.min(Math.min(store.getId(), region.getId()), region.getPeers(0).getId());
    if (least < 0 || largest > FIRST_IDS_MAX) {
      return "its ids are not such as PD allots, which are 1 to %d at first"
          .formatted(FIRST_IDS_MAX);
    }
    if (region.getPeers(0).getRole() != PeerRole.Voter) {
      return "the first peer is no voter";
    }
    return region.getPeers(0).getStoreId() == store.getId()
        ? null
        : "the peer is on store %d, not on store %d"
            .formatted(region.getPeers(0).getStoreId(), store.getId());
  }

  private void bootstrapped(BootstrapRequest request) {
    introduced(request.getStore());
    if (member.regions().size() == 0) {
      member.regions().put(RegionInfo.withoutLeader(ProtoRegions.fromProto(request.getRegion())));
    }
  }

  private void introduced(Store store) {
    Leadership leadership = member.leadership();
    if (leadership != null) {
      long nowNanos = member.time().nanoTime();
      leadership.book().introduced(store.getId(), nowNanos);
      leadership.refreshView(nowNanos);
    }
  }

  void isBootstrapped(IsBootstrappedRequest request, PdReply<IsBootstrappedResponse> reply) {
    reply.answer(
        IsBootstrappedResponse.newBuilder()
            .setHeader(ok())
            .setBootstrapped(member.stateOrThrow().isBootstrapped())
            .build());
  }

  // ---- stores

  void putStore(PutStoreRequest request, PdReply<PutStoreResponse> reply) {
    Store store = request.getStore();
    StoreTable stores = member.stateOrThrow().stores();
    if (member.stateOrThrow().isBootstrapped() && stores.isAlready(store)) {
      introduced(store);
      reply.answer(PutStoreResponse.newBuilder().setHeader(ok()).build());
      return;
    }
    String stillThere = stillThere(stores.get(store.getId()), store, request.getNotAt());
    if (!stillThere.isEmpty()) {
      ResponseHeader header = error(ErrorType.DUPLICATED_ENTRY, stillThere);
      reply.answer(PutStoreResponse.newBuilder().setHeader(header).build());
      return;
    }
    Store other = stores.atAddress(store.getAddress(), store.getId());
    Command.Builder command = Command.newBuilder();
    command.getPutStoreBuilder().setStore(store);
    if (other != null && hasLeftItsAddress(other)) {
      command.getPutStoreBuilder().setReplacesStoreId(other.getId());
    }
    member.replicate(
        command,
        reply,
        outcome -> {
          if (outcome instanceof Outcome.Done) {
            introduced(store);
          }
          return PutStoreResponse.newBuilder().setHeader(headerOf(outcome)).build();
        });
  }

  /**
   * Why {@code told} cannot have moved, in words; empty if it may have. What is where PD has the
   * store and has been heard of lately may be the store, and who says otherwise a copy of it:
   * unless the newcomer has seen that the store runs there no more, its silence is waited for.
   */
  private String stillThere(@Nullable Store known, Store told, String notAt) {
    Leadership leadership = member.leadership();
    if (known == null
        || leadership == null
        || told.getStarts() == 0
        || told.getStarts() < known.getStarts() // which is refused with better words
        || known.getAddress().isEmpty()
        || known.getAddress().equals(told.getAddress())
        || known.getAddress().equals(notAt)) {
      return "";
    }
    long agoNanos =
        leadership.book().knownLifeHeardNanosAgo(known.getId(), member.time().nanoTime());
    return agoNanos < 0
        ? ""
        : ("store %d may still run at %s, where it was heard of or expected %d s ago: this may be a"
                + " copy of its directory. If it has moved, stop what runs there; its place is taken"
                + " once it has been silent for a while")
            .formatted(known.getId(), known.getAddress(), agoNanos / 1_000_000_000);
  }

  /**
   * Whether {@code store} is not where it last said: it has been silent since, or has been started
   * again and has yet to say where. Of the store itself that says nothing more: it keeps its
   * replicas, and gets an address again when it tells one.
   */
  private boolean hasLeftItsAddress(Store store) {
    Leadership leadership = member.leadership();
    return leadership != null
        && (leadership.book().stats(store.getId()).getStarts() > store.getStarts()
            || leadership.book().isDisconnected(store.getId(), member.time().nanoTime()));
  }

  void getStore(GetStoreRequest request, PdReply<GetStoreResponse> reply) {
    GetStoreResponse.Builder response = GetStoreResponse.newBuilder();
    ResponseHeader header = notBootstrapped();
    Store store = member.stateOrThrow().stores().get(request.getStoreId());
    if (header == null && store == null) {
      header = error(ErrorType.UNKNOWN, unknown(request.getStoreId()));
    }
    if (header != null || store == null) {
      reply.answer(response.setHeader(header).build());
      return;
    }
    response.setHeader(ok()).setStore(withHeartbeat(store));
    Leadership leadership = member.leadership();
    if (leadership != null) {
      response.setStats(leadership.book().stats(store.getId()));
    }
    reply.answer(response.build());
  }

  static String unknown(long storeId) {
    return "invalid store ID " + Long.toUnsignedString(storeId) + ", not found";
  }

  /** With the moment of its last heartbeat, as far as this leadership has heard one. */
  private Store withHeartbeat(Store store) {
    Leadership leadership = member.leadership();
    if (leadership == null || !leadership.book().hasReported(store.getId())) {
      return store;
    }
    long silentNanos = leadership.book().silentNanos(store.getId(), member.time().nanoTime());
    long heardNanos = member.time().wallMillis() * 1_000_000 - silentNanos;
    return store.toBuilder().setLastHeartbeat(heardNanos).build();
  }

  void getAllStores(GetAllStoresRequest request, PdReply<GetAllStoresResponse> reply) {
    ResponseHeader header = notBootstrapped();
    GetAllStoresResponse.Builder response = GetAllStoresResponse.newBuilder();
    if (header != null) {
      reply.answer(response.setHeader(header).build());
      return;
    }
    for (Store store : member.stateOrThrow().stores().all()) {
      if (!request.getExcludeTombstoneStores() || store.getState() != StoreState.Tombstone) {
        response.addStores(withHeartbeat(store));
      }
    }
    reply.answer(response.setHeader(ok()).build());
  }

  void storeHeartbeat(StoreHeartbeatRequest request, PdReply<StoreHeartbeatResponse> reply) {
    StoreHeartbeatResponse.Builder response = StoreHeartbeatResponse.newBuilder();
    ResponseHeader header = notBootstrapped();
    long storeId = request.getStats().getStoreId();
    Store store = member.stateOrThrow().stores().get(storeId);
    if (header == null && store == null) {
      header = error(ErrorType.UNKNOWN, unknown(storeId));
    } else if (header == null && isGone(store)) {
      header = error(ErrorType.STORE_TOMBSTONE, "store " + storeId + " has been removed");
    } else if (header == null && store != null && isOfEarlierLife(request.getStats(), store)) {
      header =
          error(
              ErrorType.DUPLICATED_ENTRY,
              StoreTable.startedLater(store, request.getStats().getStarts()));
    }
    int bytes = request.getStats().getSerializedSize();
    if (header == null && bytes > STATS_BYTES_MAX) {
      header =
          error(
              ErrorType.INVALID_VALUE,
              "what store %d says of how it fares has %d bytes, at most %d"
                  .formatted(storeId, bytes, STATS_BYTES_MAX));
    }
    Leadership leadership = member.leadership();
    if (header == null && store != null && leadership != null) {
      long starts = request.getStats().getStarts();
      boolean ofKnownLife = StoreTable.whyNotBelieved(store, starts) == null;
      leadership.book().heartbeat(request.getStats(), ofKnownLife, member.time().nanoTime());
      response
          .setClusterVersion(member.stateOrThrow().stores().clusterVersion())
          .setState(store.getNodeState());
    }
    reply.answer(response.setHeader(header == null ? ok() : header).build());
  }

  private static boolean isOfEarlierLife(StoreStats stats, Store store) {
    return stats.getStarts() != 0 && stats.getStarts() < store.getStarts();
  }

  private static boolean isGone(@Nullable Store store) {
    return store != null
        && (store.getState() == StoreState.Tombstone || store.getPhysicallyDestroyed());
  }

  void listStores(ListStoresRequest request, PdReply<ListStoresResponse> reply) {
    Leadership leadership = member.leadership();
    ListStoresResponse.Builder response = ListStoresResponse.newBuilder().setHeader(ok());
    if (leadership != null) {
      for (Store store : member.stateOrThrow().stores().all()) {
        response.addStores(summary(store, leadership));
      }
    }
    reply.answer(response.build());
  }

  private StoreSummary summary(Store store, Leadership leadership) {
    long nowNanos = member.time().nanoTime();
    StoreView view = leadership.view(store, nowNanos);
    String condition = view.condition().name();
    return StoreSummary.newBuilder()
        .setStore(withHeartbeat(store))
        .setStats(view.stats())
        .setCondition(
            condition.charAt(0) + condition.substring(1).toLowerCase(java.util.Locale.ROOT))
        .setRegionCount(view.regionCount())
        .setLeaderCount(member.regions().leadersOnStore(view.id()))
        .setSilentMillis(leadership.book().silentNanos(view.id(), nowNanos) / 1_000_000)
        .setOutlook(leadership.outlook(view, nowNanos))
        .build();
  }
}
