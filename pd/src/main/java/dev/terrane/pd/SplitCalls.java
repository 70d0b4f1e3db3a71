package dev.terrane.pd;

import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionEpoch;
import dev.terrane.pd.region.RegionInfo;
import dev.terrane.pd.tso.IdAllocator;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.metapb.PeerRole;
import dev.terrane.proto.pdpb.AskBatchSplitRequest;
import dev.terrane.proto.pdpb.AskBatchSplitResponse;
import dev.terrane.proto.pdpb.AskSplitRequest;
import dev.terrane.proto.pdpb.AskSplitResponse;
import dev.terrane.proto.pdpb.ErrorType;
import dev.terrane.proto.pdpb.ReportBatchSplitRequest;
import dev.terrane.proto.pdpb.ReportBatchSplitResponse;
import dev.terrane.proto.pdpb.ReportSplitRequest;
import dev.terrane.proto.pdpb.ReportSplitResponse;
import dev.terrane.proto.pdpb.ResponseHeader;
import dev.terrane.proto.pdpb.SplitID;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ids for Regions that are about to be split, and news of those that were. PD may crash at any
 * point of a split: unused ids are lost, and the stores' heartbeats tell what became of it.
 *
 * <p>Confined to the member's thread.
 */
final class SplitCalls {
  private static final int SPLITS_MAX = 1024;

  private final PdMember member;

  SplitCalls(PdMember member) {
    this.member = member;
  }

  boolean askSplit(AskSplitRequest request, PdReply<AskSplitResponse> reply) {
    String refusal = refusal(request.getRegion(), 1);
    if (refusal != null) {
      reply.answer(AskSplitResponse.newBuilder().setHeader(error(refusal)).build());
      return true;
    }
    List<SplitID> ids = allocate(peersOf(request.getRegion()), 1);
    if (ids.isEmpty()) {
      return false;
    }
    reply.answer(
        AskSplitResponse.newBuilder()
            .setHeader(ok())
            .setNewRegionId(ids.getFirst().getNewRegionId())
            .addAllNewPeerIds(ids.getFirst().getNewPeerIdsList())
            .build());
    return true;
  }

  boolean askBatchSplit(AskBatchSplitRequest request, PdReply<AskBatchSplitResponse> reply) {
    String refusal = refusal(request.getRegion(), request.getSplitCount());
    if (refusal != null) {
      reply.answer(AskBatchSplitResponse.newBuilder().setHeader(error(refusal)).build());
      return true;
    }
    List<SplitID> ids = allocate(peersOf(request.getRegion()), request.getSplitCount());
    if (ids.isEmpty()) {
      return false;
    }
    reply.answer(AskBatchSplitResponse.newBuilder().setHeader(ok()).addAllIds(ids).build());
    return true;
  }

  private @Nullable String refusal(dev.terrane.proto.metapb.Region asked, int splitCount) {
    if (splitCount < 1 || splitCount > SPLITS_MAX) {
      return "a Region is split into 1 to %d more, not %d".formatted(SPLITS_MAX, splitCount);
    }
    RegionInfo known = member.regions().byId(asked.getId());
    if (known == null) {
      return "Region " + asked.getId() + " is not known";
    }
    RegionEpoch epoch = ProtoRegions.fromProto(asked.getRegionEpoch());
    if (asked.getPeersCount() != known.region().peers().size()) {
      return "Region %d has %d peers, not %d; PD hears of a change with the Region's next heartbeat"
          .formatted(asked.getId(), known.region().peers().size(), asked.getPeersCount());
    }
    return epoch.isOlderThan(known.region().epoch())
        ? "Region %d at epoch %s is not the latest, which is %s"
            .formatted(asked.getId(), epoch, known.region().epoch())
        : null;
  }

  /** How many peers a part has: as many as the Region that is known, whatever the caller says. */
  private int peersOf(dev.terrane.proto.metapb.Region asked) {
    RegionInfo known = member.regions().byId(asked.getId());
    return known == null ? 0 : known.region().peers().size();
  }

  /** Empty when there are too few ids at hand; more are on their way then. */
  private List<SplitID> allocate(int peers, int splitCount) {
    Leadership leadership = member.leadership();
    long wanted = (long) splitCount * (1 + peers);
    if (leadership == null) {
      return List.of();
    }
    IdAllocator ids = leadership.ids();
    if (!ids.has(wanted)) {
      member.windows().reserveIds(leadership, wanted);
      return List.of();
    }
    long next = ids.allocate(wanted) - wanted + 1;
    List<SplitID> splits = new ArrayList<>();
    for (int i = 0; i < splitCount; i++) {
      SplitID.Builder split = SplitID.newBuilder().setNewRegionId(next++);
      for (int peer = 0; peer < peers; peer++) {
        split.addNewPeerIds(next++);
      }
      splits.add(split.build());
    }
    return splits;
  }

  void reportSplit(ReportSplitRequest request, PdReply<ReportSplitResponse> reply) {
    String wrong = learn(List.of(request.getLeft(), request.getRight()));
    reply.answer(
        ReportSplitResponse.newBuilder().setHeader(wrong == null ? ok() : error(wrong)).build());
  }

  void reportBatchSplit(ReportBatchSplitRequest request, PdReply<ReportBatchSplitResponse> reply) {
    String wrong = learn(request.getRegionsList());
    reply.answer(
        ReportBatchSplitResponse.newBuilder()
            .setHeader(wrong == null ? ok() : error(wrong))
            .build());
  }

  /**
   * Makes the new Regions visible to clients at once. Who leads them is a guess until they report:
   * the peer beside the leader of the Region that was split, for it campaigns first.
   */
  private @Nullable String learn(List<dev.terrane.proto.metapb.Region> reported) {
    if (reported.size() > SPLITS_MAX + 1) {
      return "invalid split report: %d Regions, at most %d come of one split"
          .formatted(reported.size(), SPLITS_MAX + 1);
    }
    List<Region> regions = new ArrayList<>();
    long leaderStore = 0;
    for (dev.terrane.proto.metapb.Region proto : reported) {
      String impossible = RegionBounds.whatCannotBe(proto, member.stateOrThrow().stores());
      if (impossible != null) {
        return "invalid split report: " + impossible;
      }
      if (proto.getPeersList().stream().anyMatch(p -> p.getRole() == PeerRole.UNRECOGNIZED)) {
        return "invalid split report: a peer of Region %d has no known role"
            .formatted(proto.getId());
      }
      Region region = ProtoRegions.fromProto(proto);
      if (region.id() == 0 || region.peers().isEmpty() || region.range().isEmpty()) {
        return "invalid split report: Region %d is not whole".formatted(region.id());
      }
      regions.add(region);
      RegionInfo known = member.regions().byId(region.id());
      if (known != null && known.leader() != null) {
        leaderStore = known.leader().storeId();
      }
    }
    for (Region region : regions) {
      RegionInfo known = member.regions().byId(region.id());
      if (known != null && !known.region().epoch().isOlderThan(region.epoch())) {
        continue; // its own report was faster
      }
      Peer leader = region.peerOnStore(leaderStore);
      member
          .regions()
          .put(
              new RegionInfo(
                  region, leader, known == null ? 0 : known.term(), List.of(), List.of(), 0, 0, 0));
    }
    return null;
  }

  private ResponseHeader ok() {
    return Headers.ok(member.stateOrThrow().clusterId());
  }

  private ResponseHeader error(String text) {
    return Headers.error(member.stateOrThrow().clusterId(), ErrorType.UNKNOWN, text);
  }
}
