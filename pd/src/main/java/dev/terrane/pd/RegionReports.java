package dev.terrane.pd;

import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.pd.region.DownPeer;
import dev.terrane.pd.region.RegionInfo;
import dev.terrane.pd.region.RegionUpdate;
import dev.terrane.pd.state.ClusterState;
import dev.terrane.pd.state.StoreTable;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.metapb.PeerRole;
import dev.terrane.proto.pdpb.ErrorType;
import dev.terrane.proto.pdpb.PeerStats;
import dev.terrane.proto.pdpb.RegionHeartbeatRequest;
import dev.terrane.proto.pdpb.RegionHeartbeatResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes in what Regions' leaders report. Confined to the member's thread. */
final class RegionReports {
  private final PdMember member;
  private final Scheduling scheduling;
  private final RegionKeeper keeper;

  RegionReports(PdMember member, Scheduling scheduling, RegionKeeper keeper) {
    this.keeper = keeper;
    this.member = member;
    this.scheduling = scheduling;
  }

  void onHeartbeat(PdCall.Heartbeat heartbeat) {
    Leadership leadership = member.leadership();
    InstructionSink sink = heartbeat.sink();
    if (leadership == null) {
      sink.end(member.notLeader());
      return;
    }
    RegionHeartbeatRequest report = heartbeat.report();
    ClusterState state = member.stateOrThrow();
    if (report.getHeader().getClusterId() != state.clusterId()) {
      leadership.streams().unbind(sink);
      sink.end(new PdRefusal.ClusterMismatch(state.clusterId(), report.getHeader().getClusterId()));
      return;
    }
    String wrong =
        state.isBootstrapped() ? whatIsWrong(report, state) : "cluster is not bootstrapped";
    if (wrong == null) {
      leadership.streams().bind(report.getLeader().getStoreId(), sink, member.time().nanoTime());
      wrong = take(report, leadership);
    }
    if (wrong != null) {
      sink.instruct(
          RegionHeartbeatResponse.newBuilder()
              .setHeader(Headers.error(state.clusterId(), ErrorType.UNKNOWN, wrong))
              .setRegionId(report.getRegion().getId())
              .build());
    }
  }

  private static @Nullable String whatIsWrong(RegionHeartbeatRequest report, ClusterState state) {
    var region = report.getRegion();
    if (region.getId() == 0 || region.getPeersCount() == 0) {
      return "invalid Region heartbeat: no Region, or one without peers";
    }
    String impossible = RegionBounds.whatCannotBe(region, state.stores());
    if (impossible != null) {
      return "invalid Region heartbeat: " + impossible;
    }
    if (report.getDownPeersCount() > region.getPeersCount()
        || report.getPendingPeersCount() > region.getPeersCount()) {
      return "invalid Region heartbeat: more peers of Region %d are down or pending than it has"
          .formatted(region.getId());
    }
    if (!region.hasRegionEpoch() || region.getRegionEpoch().getVersion() == 0) {
      return "invalid Region heartbeat: Region %d has no epoch".formatted(region.getId());
    }
    var leader = report.getLeader();
    String notBelieved =
        StoreTable.whyNotBelieved(state.stores().get(leader.getStoreId()), report.getStarts());
    if (notBelieved != null) {
      return notBelieved;
    }
    boolean leads =
        region.getPeersList().stream()
            .anyMatch(p ->
                p.getId() == leader.getId()
                    && p.getStoreId() == leader.getStoreId()
                    && p.getRole() != PeerRole.Learner);
    return leads
        ? null
        : "invalid Region heartbeat: Region %d has no voter %d on store %d, its leader"
            .formatted(region.getId(), leader.getId(), leader.getStoreId());
  }

  /** Returns why the report was not taken in; null if it was. */
  private @Nullable String take(RegionHeartbeatRequest report, Leadership leadership) {
    RegionInfo info;
    try {
      info = infoOf(report, leadership.term());
    } catch (IllegalArgumentException e) {
      return "invalid Region heartbeat: " + e.getMessage();
    }
    if (info.region().range().isEmpty()) {
      return "invalid Region heartbeat: Region %d is empty".formatted(info.id());
    }
    return switch (member.regions().put(info)) {
      case RegionUpdate.Stale stale -> stale.reason();
      case RegionUpdate.Accepted accepted -> {
        for (RegionInfo removed : accepted.removed()) {
          keeper.removed(removed);
          leadership
              .operators()
              .cancel(
                  removed.id(),
                  "Region %d took its place".formatted(info.id()),
                  member.time().nanoTime());
        }
        if (accepted.changed()) {
          keeper.changed(info);
        }
        scheduling.onReport(info, leadership);
        yield null;
      }
    };
  }

  private static RegionInfo infoOf(RegionHeartbeatRequest report, long pdTerm) {
    Region region = ProtoRegions.fromProto(report.getRegion());
    List<DownPeer> down = new ArrayList<>();
    for (PeerStats stats : report.getDownPeersList()) {
      down.add(new DownPeer(ProtoRegions.fromProto(stats.getPeer()), stats.getDownSeconds()));
    }
    List<Peer> pending = new ArrayList<>();
    report.getPendingPeersList().forEach(peer -> pending.add(ProtoRegions.fromProto(peer)));
    return new RegionInfo(
        region,
        region.peer(report.getLeader().getId()),
        report.getTerm(),
        down,
        pending,
        report.getApproximateSize(),
        report.getApproximateKeys(),
        pdTerm);
  }
}
