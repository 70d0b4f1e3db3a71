package dev.terrane.pd.operator;

import dev.terrane.common.region.Peer;
import dev.terrane.pd.region.RegionInfo;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.eraftpb.ConfChangeType;
import dev.terrane.proto.pdpb.ChangePeer;
import dev.terrane.proto.pdpb.ChangePeerV2;
import dev.terrane.proto.pdpb.RegionHeartbeatResponse;
import dev.terrane.proto.pdpb.TransferLeader;
import org.jspecify.annotations.Nullable;

/** Steps as a store is asked for them. */
final class Instructions {
  private Instructions() {}

  /** Asks the leader of {@code region} for {@code step}; null while it has no known leader. */
  static @Nullable RegionHeartbeatResponse of(Step step, RegionInfo region) {
    Peer leader = region.leader();
    if (leader == null) {
      return null;
    }
    RegionHeartbeatResponse.Builder instruction =
        RegionHeartbeatResponse.newBuilder()
            .setRegionId(region.id())
            .setRegionEpoch(ProtoRegions.toProto(region.region().epoch()))
            .setTargetPeer(ProtoRegions.toProto(leader));
    switch (step) {
      case Step.AddLearner add -> instruction.setChangePeer(addLearner(add.peer()));
      case Step.PromoteLearner promote -> instruction.setChangePeer(promote(promote.peer()));
      case Step.RemovePeer remove ->
          instruction.setChangePeer(
              ChangePeer.newBuilder()
                  .setChangeType(ConfChangeType.RemoveNode)
                  .setPeer(ProtoRegions.toProto(remove.peer())));
      case Step.EnterJoint joint -> {
        ChangePeerV2.Builder changes = ChangePeerV2.newBuilder();
        joint.promoted().forEach(peer -> changes.addChanges(promote(peer)));
        joint.demoted().forEach(peer -> changes.addChanges(addLearner(peer)));
        instruction.setChangePeerV2(changes);
      }
      case Step.LeaveJoint leave -> instruction.setChangePeerV2(ChangePeerV2.getDefaultInstance());
      case Step.TransferLeader transfer ->
          instruction.setTransferLeader(
              TransferLeader.newBuilder().setPeer(ProtoRegions.toProto(transfer.to())));
    }
    return instruction.build();
  }

  private static ChangePeer promote(Peer peer) {
    return ChangePeer.newBuilder()
        .setChangeType(ConfChangeType.AddNode)
        .setPeer(ProtoRegions.toProto(Peer.voter(peer.id(), peer.storeId())))
        .build();
  }

  /** Also what takes a voter's vote. */
  private static ChangePeer addLearner(Peer peer) {
    return ChangePeer.newBuilder()
        .setChangeType(ConfChangeType.AddLearnerNode)
        .setPeer(ProtoRegions.toProto(Peer.learner(peer.id(), peer.storeId())))
        .build();
  }
}
