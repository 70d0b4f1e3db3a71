package dev.terrane.store;

import dev.terrane.common.Bytes;
import dev.terrane.common.region.Region;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.metapb.Peer;
import dev.terrane.proto.metapb.Store;
import dev.terrane.proto.pdpb.AllocIDResponse;
import dev.terrane.proto.pdpb.BootstrapResponse;
import dev.terrane.proto.pdpb.Error;
import dev.terrane.proto.pdpb.ErrorType;
import dev.terrane.proto.pdpb.GetRegionResponse;
import dev.terrane.proto.pdpb.IsBootstrappedResponse;
import dev.terrane.proto.pdpb.PutStoreResponse;
import dev.terrane.proto.pdpb.RegionHeartbeatRequest;
import dev.terrane.proto.pdpb.RegionHeartbeatResponse;
import dev.terrane.proto.pdpb.ResponseHeader;
import dev.terrane.proto.pdpb.StoreHeartbeatResponse;
import dev.terrane.proto.pdpb.StoreStats;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A placement driver that remembers what it is told and says what a test wants said. Answers at
 * once. Accepts heartbeats as PD does: by term and epoch.
 */
final class FakePd implements PdLink {
  private long lastId;
  private @Nullable Region first;
  private boolean reachable = true;
  private boolean takesIn = true;
  private boolean bootstrapAnswerLost;
  private boolean bootstrapFails;
  private final Map<Long, Store> stores = new LinkedHashMap<>();
  private final Map<Long, StoreStats> storeStats = new LinkedHashMap<>();
  private final Map<Long, RegionHeartbeatRequest> regions = new LinkedHashMap<>();
  private final List<RegionHeartbeatRequest> heartbeats = new ArrayList<>();

  long nextId() {
    return ++lastId;
  }

  /** Whether stores that introduce themselves are taken in. */
  void takesIn(boolean answer) {
    takesIn = answer;
  }

  void reachable(boolean answer) {
    reachable = answer;
  }

  /** The next bootstrap is done, but its answer does not arrive. */
  void loseBootstrapAnswer() {
    bootstrapAnswerLost = true;
  }

  /** The next bootstrap is not done, and its answer does not arrive. */
  void failBootstrapOnce() {
    bootstrapFails = true;
  }

  @Nullable Region firstRegion() {
    return first;
  }

  Map<Long, Store> stores() {
    return stores;
  }

  Map<Long, StoreStats> storeStats() {
    return storeStats;
  }

  /** Every heartbeat of a Region, in order. */
  List<RegionHeartbeatRequest> heartbeats() {
    return heartbeats;
  }

  /** The newest heartbeat of a Region. */
  @Nullable RegionHeartbeatRequest region(long regionId) {
    return regions.get(regionId);
  }

  /** The Region as its leader last reported it. */
  @Nullable Region known(long regionId) {
    RegionHeartbeatRequest heartbeat = regions.get(regionId);
    return heartbeat == null ? null : ProtoRegions.fromProto(heartbeat.getRegion());
  }

  /** The head of an instruction for a Region as it is known here. */
  RegionHeartbeatResponse.Builder instruction(long regionId) {
    RegionHeartbeatRequest heartbeat = regions.get(regionId);
    if (heartbeat == null) {
      throw new AssertionError("no heartbeat of region " + regionId);
    }
    return RegionHeartbeatResponse.newBuilder()
        .setRegionId(regionId)
        .setRegionEpoch(heartbeat.getRegion().getRegionEpoch())
        .setTargetPeer(heartbeat.getLeader());
  }

  private <T> boolean answers(Reply<T> reply) {
    if (!reachable) {
      reply.failed("pd is not reachable");
    }
    return reachable;
  }

  @Override
  public void allocIds(int count, Reply<AllocIDResponse> reply) {
    if (answers(reply)) {
      lastId += count;
      reply.answered(AllocIDResponse.newBuilder().setId(lastId).setCount(count).build());
    }
  }

  @Override
  public void isBootstrapped(Reply<IsBootstrappedResponse> reply) {
    if (answers(reply)) {
      reply.answered(IsBootstrappedResponse.newBuilder().setBootstrapped(first != null).build());
    }
  }

  @Override
  public void bootstrap(
      Store store, dev.terrane.proto.metapb.Region region, Reply<BootstrapResponse> reply) {
    if (!answers(reply)) {
      return;
    }
    if (bootstrapFails) {
      bootstrapFails = false;
      reply.failed("the connection broke");
      return;
    }
    if (first != null) {
      reply.answered(
          BootstrapResponse.newBuilder()
              .setHeader(
                  ResponseHeader.newBuilder()
                      .setError(
                          Error.newBuilder()
                              .setType(ErrorType.ALREADY_BOOTSTRAPPED)
                              .setMessage("the cluster is bootstrapped")))
              .build());
      return;
    }
    first = ProtoRegions.fromProto(region);
    stores.put(store.getId(), store);
    if (bootstrapAnswerLost) {
      bootstrapAnswerLost = false;
      reply.failed("the connection broke");
    } else {
      reply.answered(BootstrapResponse.getDefaultInstance());
    }
  }

  @Override
  public void getRegion(Bytes key, Reply<GetRegionResponse> reply) {
    if (answers(reply)) {
      Region found = first;
      GetRegionResponse.Builder answer = GetRegionResponse.newBuilder();
      if (found != null) {
        answer.setRegion(ProtoRegions.toProto(found));
      }
      reply.answered(answer.build());
    }
  }

  @Override
  public void putStore(Store store, Reply<PutStoreResponse> reply) {
    if (!takesIn) {
      reply.failed("the store may still run elsewhere");
    } else if (answers(reply)) {
      stores.put(store.getId(), store);
      reply.answered(PutStoreResponse.getDefaultInstance());
    }
  }

  @Override
  public void storeHeartbeat(StoreStats stats, Reply<StoreHeartbeatResponse> reply) {
    if (answers(reply)) {
      storeStats.put(stats.getStoreId(), stats);
      reply.answered(StoreHeartbeatResponse.getDefaultInstance());
    }
  }

  @Override
  public void regionHeartbeat(RegionHeartbeatRequest heartbeat) {
    if (!reachable) {
      return;
    }
    heartbeats.add(heartbeat);
    RegionHeartbeatRequest known = regions.get(heartbeat.getRegion().getId());
    if (known == null
        || (heartbeat.getTerm() >= known.getTerm()
            && heartbeat.getRegion().getRegionEpoch().getConfVer()
                >= known.getRegion().getRegionEpoch().getConfVer())) {
      regions.put(heartbeat.getRegion().getId(), heartbeat);
    }
  }

  static Peer peer(long id, long storeId) {
    return Peer.newBuilder().setId(id).setStoreId(storeId).build();
  }
}
