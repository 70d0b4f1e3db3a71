package dev.terrane.store;

import dev.terrane.common.Bytes;
import dev.terrane.common.region.Region;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.Cursor;
import dev.terrane.engine.log.LogBatch;
import dev.terrane.engine.log.Tombstone;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.terranepb.PeerState;
import dev.terrane.proto.terranepb.RegionState;
import dev.terrane.proto.terranepb.SnapshotFile;
import dev.terrane.proto.terranepb.SnapshotMarker;
import dev.terrane.store.wire.AppliedPosition;
import dev.terrane.store.wire.Records;
import dev.terrane.store.wire.RegionKeys;
import dev.terrane.store.wire.StoredFormatException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a store back from what its two engines hold. The log engine is right where they differ:
 * its markers and tombstones were promised when the KV engine may have forgotten.
 *
 * <p>In this order: snapshots that were promised are installed; what tombstones cover is cleared;
 * files that no marker names are deleted; every Region's peer is restored. Waits for the disk.
 */
final class StoreRecovery {
  private static final Logger log = LoggerFactory.getLogger(StoreRecovery.class);

  private final LoopServices services;
  private final LocalPeer.Surroundings surroundings;
  private final SnapshotFiles files;

  StoreRecovery(LoopServices services, LocalPeer.Surroundings surroundings, SnapshotFiles files) {
    this.services = services;
    this.surroundings = surroundings;
    this.files = files;
  }

  void recover(PeerTable peers) {
    installPromisedSnapshots();
    clearDestroyedPeers();
    for (RegionState state : regionStates().values()) {
      LocalPeer peer = restore(state);
      peers.add(peer);
      if (peer.node().membership().isSoleVoter(peer.peerId())) {
        peer.node().campaign(); // it need not wait for anybody
      }
    }
    services
        .log
        .records(RegionKeys.BLANK_PREFIX)
        .forEach((key, record) -> {
          long regionId = RegionKeys.regionId(key);
          peers.add(
              LocalPeer.blank(
                  services,
                  surroundings,
                  regionId,
                  Records.blankPeer(record).getPeerId(),
                  services.log.hardState(regionId)));
        });
  }

  private void installPromisedSnapshots() {
    SnapshotInstaller installer = new SnapshotInstaller(services.engine, files);
    LogBatch done = new LogBatch();
    services
        .log
        .records(RegionKeys.MARKER_PREFIX)
        .forEach((key, record) -> {
          SnapshotMarker marker = Records.marker(record);
          log.info(
              "region {}: installing the snapshot of index {} that was promised",
              marker.getMeta().getRegion().getId(),
              marker.getMeta().getIndex());
          installer.install(marker);
          done.delete(key);
        });
    if (!done.isEmpty()) {
      services.log.write(done);
    }
    deleteFilesWithoutMarker();
  }

  private void deleteFilesWithoutMarker() {
    Set<String> named = new TreeSet<>();
    for (Bytes record : services.log.records(RegionKeys.MARKER_PREFIX).values()) {
      for (SnapshotFile file : Records.marker(record).getFilesList()) {
        named.add(file.getName());
      }
    }
    for (String name : files.names()) {
      if (!named.contains(name)) {
        files.delete(name);
      }
    }
  }

  /** Finishes what was begun: a tombstone stands, or the peer had applied its own removal. */
  private void clearDestroyedPeers() {
    for (RegionState state : regionStates().values()) {
      Region region = ProtoRegions.fromProto(state.getRegion());
      Tombstone tombstone = services.log.tombstone(region.id());
      boolean member = region.peer(state.getPeerId()) != null;
      if (!member && (tombstone == null || tombstone.peerId() < state.getPeerId())) {
        services.engine.barrier();
        LogBatch end = new LogBatch();
        PeerTable.buryIn(end, region.id(), new Tombstone(region.epoch(), state.getPeerId()));
        services.log.write(end);
      }
      if (!member || (tombstone != null && state.getPeerId() <= tombstone.peerId())) {
        log.info("peer {} of region {}: clearing what is left", state.getPeerId(), region.id());
        PeerTable.clear(services.engine, region.id(), region.range());
      }
    }
  }

  private Map<Long, RegionState> regionStates() {
    Map<Long, RegionState> states = new LinkedHashMap<>();
    try (Cursor cursor = services.engine.cursor(ColumnFamily.REGION, RegionKeys.REGION_STATES)) {
      for (boolean found = cursor.seekToFirst(); found; found = cursor.next()) {
        states.put(RegionKeys.regionId(cursor.key()), Records.regionState(cursor.value()));
      }
    }
    return states;
  }

  private LocalPeer restore(RegionState state) {
    Region region = ProtoRegions.fromProto(state.getRegion());
    if (state.getState() != PeerState.NORMAL) {
      throw new StoredFormatException(
          "region " + region.id() + " was being replaced by a snapshot that is not there");
    }
    Bytes position = services.engine.get(ColumnFamily.REGION, RegionKeys.applied(region.id()));
    AppliedPosition applied =
        position == null ? AppliedPosition.NONE : AppliedPosition.decode(position);
    long firstIndex = services.log.firstIndex(region.id());
    long lastIndex = services.log.lastIndex(region.id());
    if (applied.index() < firstIndex - 1 || applied.index() > lastIndex) {
      throw new StoredFormatException(
          "region "
              + region.id()
              + " is applied through "
              + applied.index()
              + " but its log holds "
              + firstIndex
              + " to "
              + lastIndex);
    }
    return LocalPeer.restored(
        services,
        surroundings,
        region,
        state.getPeerId(),
        applied,
        services.log.hardState(region.id()));
  }
}
