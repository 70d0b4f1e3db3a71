package dev.terrane.store;

import dev.terrane.common.KeyRange;
import dev.terrane.common.due.DueQueue;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionEpoch;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.KvEngine;
import dev.terrane.engine.WriteBatch;
import dev.terrane.engine.log.LogBatch;
import dev.terrane.engine.log.Tombstone;
import dev.terrane.raft.drive.DrivenNode;
import dev.terrane.raft.drive.TickWheel;
import dev.terrane.store.wire.RegionKeys;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The peers of a store loop: how they come and how they go.
 *
 * <p>Destroying a peer, step by step (design: "What is durable when", rules 1 and 4): requests are
 * answered and nobody finds it any more; the applier lets go of it; a barrier; its tombstone and
 * the end of its log and hard state in one synced batch; its data is cleared. Until that is over no
 * peer may come where it was. A crash at any step leaves either the peer or its tombstone, and a
 * start with a tombstone clears the data again.
 *
 * <p>Confined to the store loop.
 */
final class PeerTable {
  /** A peer on its way out; {@code range} is null if it never had data. */
  private record Leaving(long peerId, RegionEpoch epoch, @Nullable KeyRange range) {}

  private final LoopServices services;
  private final TickWheel wheel;
  private final Map<Long, LocalPeer> byRegionId = new LinkedHashMap<>();
  private final Map<Long, Leaving> leavingByRegionId = new LinkedHashMap<>();
  private final DueQueue<LocalPeer> digests = new DueQueue<>();

  PeerTable(LoopServices services, TickWheel wheel) {
    this.services = services;
    this.wheel = wheel;
  }

  @Nullable LocalPeer get(long regionId) {
    return byRegionId.get(regionId);
  }

  /** The peer with this id, if it is still there. */
  @Nullable LocalPeer get(long regionId, long peerId) {
    LocalPeer peer = byRegionId.get(regionId);
    return peer != null && peer.peerId() == peerId ? peer : null;
  }

  /** In the order in which they came. Not to be kept across changes. */
  Collection<LocalPeer> all() {
    return byRegionId.values();
  }

  void add(LocalPeer peer) {
    services.regions.add(peer.view());
    byRegionId.put(peer.regionId(), peer);
    services.grownLogs.add(peer); // as it was recovered, its log may be long
    digests.due(peer, services.nowNanos());
    wheel.keep(peer.driven());
    peer.markDirty();
  }

  /** All peers, by when others are told next that they are here. */
  DueQueue<LocalPeer> digests() {
    return digests;
  }

  /** After a turn of {@code peer}. */
  void tickIfNeeded(LocalPeer peer) {
    if (!peer.closed()) {
      wheel.keep(peer.driven());
    }
  }

  /** Whether a peer that was here has not quite gone, so that none may come in its place. */
  boolean isLeaving(long regionId, KeyRange range) {
    if (leavingByRegionId.containsKey(regionId)) {
      return true;
    }
    for (Leaving leaving : leavingByRegionId.values()) {
      if (leaving.range != null && leaving.range.overlaps(range)) {
        return true;
      }
    }
    return false;
  }

  /** Destroys {@code peer}, of which a change with {@code epoch}, or a later one, took leave. */
  void destroy(LocalPeer peer, RegionEpoch epoch, String reason) {
    long regionId = peer.regionId();
    Region region = peer.region();
    byRegionId.remove(regionId);
    wheel.remove(peer.driven());
    services.regions.remove(peer.view());
    services.grownLogs.remove(peer);
    services.expiries.remove(peer);
    digests.remove(peer);
    peer.close(reason);
    services.metrics.count("peers_destroyed_total", 1);
    leavingByRegionId.put(
        regionId, new Leaving(peer.peerId(), epoch, region == null ? null : region.range()));
    services.applier.submit(new ApplyTask.Close(regionId, peer.peerId()));
  }

  /** The applier has let go of a peer. */
  void applierClosed(StoreMessage.ApplierClosed closed) {
    Leaving leaving = leavingByRegionId.get(closed.regionId());
    if (leaving != null && leaving.peerId == closed.peerId()) {
      services.onDisk(
          "barrier-before-tombstone",
          services.engine::barrier,
          () -> bury(closed.regionId(), leaving));
    }
  }

  private void bury(long regionId, Leaving leaving) {
    LogTask task = services.logTasks.open();
    buryIn(task.batch(), regionId, new Tombstone(leaving.epoch, leaving.peerId));
    task.afterwards(() ->
        services.onDisk(
            "clear-destroyed-peer",
            () -> clear(services.engine, regionId, leaving.range),
            () -> leavingByRegionId.remove(regionId)));
  }

  /** The end of a peer, as far as the log engine knows of it. */
  static void buryIn(LogBatch batch, long regionId, Tombstone tombstone) {
    batch
        .destroy(regionId, tombstone)
        .delete(RegionKeys.blankPeer(regionId))
        .delete(RegionKeys.snapshotMarker(regionId));
  }

  /** Removes a destroyed peer's data and state; {@code range} is null if it has none. */
  static void clear(KvEngine engine, long regionId, @Nullable KeyRange range) {
    WriteBatch batch = new WriteBatch();
    if (range != null) {
      for (ColumnFamily family : ColumnFamily.DATA) {
        batch.deleteRange(family, range);
      }
    }
    batch.delete(ColumnFamily.REGION, RegionKeys.regionState(regionId));
    batch.delete(ColumnFamily.REGION, RegionKeys.applied(regionId));
    engine.write(batch);
  }

  /** The Raft nodes of all, at this moment. */
  List<DrivenNode> driven() {
    List<DrivenNode> driven = new ArrayList<>(byRegionId.size());
    byRegionId.values().forEach(peer -> driven.add(peer.driven()));
    return driven;
  }

  /** Every peer, in ascending order of Region ids. */
  List<LocalPeer> sorted() {
    List<LocalPeer> sorted = new ArrayList<>(byRegionId.values());
    sorted.sort((a, b) -> Long.compare(a.regionId(), b.regionId()));
    return sorted;
  }
}
