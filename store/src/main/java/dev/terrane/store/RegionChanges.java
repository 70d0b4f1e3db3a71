package dev.terrane.store;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.terrane.common.Bytes;
import dev.terrane.common.Invariant;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionEpoch;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.WriteBatch;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.terranepb.AdminCommand;
import dev.terrane.proto.terranepb.ChangePeers;
import dev.terrane.proto.terranepb.PeerState;
import dev.terrane.raft.ConfChange;
import dev.terrane.raft.Entry;
import dev.terrane.raft.EntryKind;
import dev.terrane.store.wire.Records;
import dev.terrane.store.wire.RegionKeys;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Applies administrative entries: what each does to its Region. A command that was decided on
 * another epoch than the one it finds changes nothing.
 */
final class RegionChanges {
  private RegionChanges() {}

  /** Adds the new Region state to {@code batch}; null if the entry changes nothing. */
  static AppliedRegion.@Nullable RegionChange apply(ApplyPeer peer, Entry entry, WriteBatch batch) {
    Invariant.check(
        entry.kind() == EntryKind.CONF_CHANGE,
        "entry %d of kind %s in region %d",
        entry.index(),
        entry.kind(),
        peer.regionId);
    ConfChange change = ConfChange.decode(entry.data());
    AdminCommand command = decode(change.context());
    if (!ProtoRegions.fromProto(command.getEpoch()).equals(peer.region.epoch())) {
      return null;
    }
    Invariant.check(
        command.hasChangePeers(), "membership change %d of unknown form", entry.index());
    Region region = changePeers(peer.region, command.getChangePeers());
    peer.region = region;
    batch.put(
        ColumnFamily.REGION,
        RegionKeys.regionState(region.id()),
        Records.regionState(region, PeerState.NORMAL, peer.peerId));
    return new AppliedRegion.RegionChange(change, region);
  }

  private static Region changePeers(Region region, ChangePeers change) {
    List<Peer> peers = new ArrayList<>();
    change.getPeersList().forEach(peer -> peers.add(ProtoRegions.fromProto(peer)));
    return region.withPeers(peers, new RegionEpoch(change.getConfVer(), region.epoch().version()));
  }

  /** The context of a membership change that leaves {@code after} of {@code before}. */
  static Bytes encode(Region before, Region after) {
    ChangePeers.Builder change = ChangePeers.newBuilder().setConfVer(after.epoch().confVer());
    after.peers().forEach(peer -> change.addPeers(ProtoRegions.toProto(peer)));
    return Records.encode(
        AdminCommand.newBuilder()
            .setFormatVersion(Records.FORMAT)
            .setEpoch(ProtoRegions.toProto(before.epoch()))
            .setChangePeers(change)
            .build());
  }

  private static AdminCommand decode(Bytes encoded) {
    try {
      AdminCommand command = AdminCommand.parseFrom(ProtoBytes.toByteString(encoded));
      Invariant.check(
          command.getFormatVersion() == Records.FORMAT,
          "administrative command of format %d",
          command.getFormatVersion());
      return command;
    } catch (InvalidProtocolBufferException e) {
      throw Invariant.violated("administrative command cannot be read: %s", e);
    }
  }
}
