package dev.terrane.store;

import dev.terrane.common.TimeSource;
import dev.terrane.common.due.DueQueue;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.EngineException;
import dev.terrane.engine.FlowSignals;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.eraftpb.ConfChangeType;
import dev.terrane.proto.metapb.Store;
import dev.terrane.proto.pdpb.ChangePeer;
import dev.terrane.proto.pdpb.PutStoreResponse;
import dev.terrane.proto.pdpb.RegionHeartbeatRequest;
import dev.terrane.proto.pdpb.RegionHeartbeatResponse;
import dev.terrane.proto.pdpb.StoreHeartbeatResponse;
import dev.terrane.proto.pdpb.StoreStats;
import dev.terrane.proto.pdpb.TimeInterval;
import dev.terrane.raft.ConfChange;
import dev.terrane.raft.ProposeResult;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a store tells PD and what it does for PD.
 *
 * <p>PD hears where the store is at its start and once a minute, and every few seconds that it is
 * alive, whether PD has taken in where it is or refused to: what is refused now may not be later.
 * Of each Region that is led here once a minute, and at once when leadership, membership or the
 * health of its peers changes. PD's wishes are checked against the Region as it is and then
 * proposed; what became of them PD sees in the next heartbeat.
 *
 * <p>Confined to the store loop.
 */
final class PdDesk {
  private static final Logger log = LoggerFactory.getLogger(PdDesk.class);
  private static final long PUT_RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** After refusals in a row. */
  private static final long PUT_RETRY_NANOS_MAX = TimeUnit.SECONDS.toNanos(8);

  /** So often what PD has written down is said again, in case it was changed in between. */
  private static final long PUT_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** A Region all of whose peers fare well is looked at so often, any other at each opportunity. */
  private static final long STEADY_LOOK_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final int LOOKS_AT_ONCE_MAX = 512;

  private final LoopServices services;
  private final PeerTable peers;
  private final SnapshotDesk snapshots;
  private final EngineReadings readings;
  private final Admission admission;
  private final PdLink pd;
  private final Store self;
  private final TimeSource time;
  private final long startSeconds;

  /** Peers that lead, by when they may have something to report. */
  private final DueQueue<LocalPeer> looks = new DueQueue<>();

  private boolean putRuns;
  private long putAtNanos;
  private long putRetryNanos = PUT_RETRY_NANOS;

  /** Why PD does not know where this store is; empty if it does. */
  private String notPut = "";

  /** Whether PD has taken this life of the store in; before that it believes nothing it says. */
  private boolean takenIn;

  private long storeHeartbeatAtNanos;
  private long reportedAtSeconds;
  private long bytesWritten;
  private long keysWritten;

  PdDesk(
      LoopServices services,
      PeerTable peers,
      SnapshotDesk snapshots,
      EngineReadings readings,
      LoopParts parts) {
    this.services = services;
    this.peers = peers;
    this.snapshots = snapshots;
    this.readings = readings;
    this.admission = parts.admission();
    this.pd = parts.pd();
    this.self = parts.self();
    this.time = parts.time();
    this.startSeconds = TimeUnit.MILLISECONDS.toSeconds(time.wallMillis());
    this.reportedAtSeconds = startSeconds;
    this.putAtNanos = time.nanoTime();
    this.storeHeartbeatAtNanos = putAtNanos;
  }

  /** Does what is due; called every now and then. Returns how many peers were looked at. */
  int poll(long nowNanos) {
    putStore(nowNanos);
    if (nowNanos - storeHeartbeatAtNanos >= 0) {
      storeHeartbeatAtNanos = nowNanos + services.config.intervals().storeHeartbeat().toNanos();
      heartbeatOfStore();
    }
    return looks.handle(
        nowNanos,
        LOOKS_AT_ONCE_MAX,
        peer -> {
          if (!peer.closed() && peer.leads()) {
            examine(peer, nowNanos);
          }
        });
  }

  /** Whether peers are due that were too many for one {@link #poll}. */
  boolean hasMore(long nowNanos) {
    return looks.isDue(nowNanos);
  }

  private void putStore(long nowNanos) {
    if (putRuns || nowNanos - putAtNanos < 0) {
      return;
    }
    putRuns = true;
    pd.putStore(
        self,
        new PdLink.Reply<PutStoreResponse>() {
          @Override
          public void answered(PutStoreResponse answer) {
            boolean refused = answer.getHeader().hasError();
            resume(() -> {
              if (refused) {
                notPut(answer.getHeader().getError().getMessage());
                putRetryNanos = Math.min(PUT_RETRY_NANOS_MAX, 2 * putRetryNanos);
              } else {
                put();
              }
            });
          }

          @Override
          public void failed(String reason) {
            resume(() -> {
              putRetryNanos = PUT_RETRY_NANOS;
              notPut(reason);
            });
          }
        });
  }

  private void put() {
    putRuns = false;
    putRetryNanos = PUT_RETRY_NANOS;
    putAtNanos = services.nowNanos() + PUT_AGAIN_NANOS;
    if (!takenIn) {
      takenIn = true;
      peers.all().forEach(this::lookSoon);
    }
    if (!notPut.isEmpty()) {
      notPut = "";
      log.info("store {} is known to PD", services.identity.storeId());
    }
  }

  private void notPut(String reason) {
    putRuns = false;
    putAtNanos = services.nowNanos() + putRetryNanos;
    if (!reason.equals(notPut)) {
      notPut = reason;
      log.warn("store {} is not taken in by PD: {}", services.identity.storeId(), reason);
    }
  }

  /** PD does not count this store among the living: it may have lost where it is. */
  private void notHeard() {
    services.metrics.count("store_heartbeats_failed_total", 1);
    long soonNanos = services.nowNanos() + putRetryNanos;
    if (putAtNanos - soonNanos > 0) {
      putAtNanos = soonNanos;
    }
  }

  private void resume(Runnable next) {
    services.inbox.put(new StoreMessage.Resume(next));
  }

  // ---- heartbeats

  private void heartbeatOfStore() {
    long nowSeconds = TimeUnit.MILLISECONDS.toSeconds(time.wallMillis());
    FlowSignals signals = readings.signals();
    long used = readings.usedBytes();
    StoreStats stats =
        StoreStats.newBuilder()
            .setStoreId(services.identity.storeId())
            .setCapacity(saturatedSum(used, signals.diskFreeBytes()))
            .setAvailable(signals.diskFreeBytes())
            .setUsedSize(used)
            .setRegionCount(services.regions.size())
            .setSendingSnapCount(snapshots.sending())
            .setReceivingSnapCount(snapshots.receiving())
            .setApplyingSnapCount(snapshots.installing())
            .setStartTime((int) startSeconds)
            .setIsBusy(admission.refusesWrites() != null)
            .setBytesWritten(bytesWritten)
            .setKeysWritten(keysWritten)
            .setInterval(
                TimeInterval.newBuilder()
                    .setStartTimestamp(reportedAtSeconds)
                    .setEndTimestamp(nowSeconds))
            .setSlowScore(1)
            .setStarts(self.getStarts())
            .build();
    reportedAtSeconds = nowSeconds;
    bytesWritten = 0;
    keysWritten = 0;
    pd.storeHeartbeat(
        stats,
        new PdLink.Reply<StoreHeartbeatResponse>() {
          @Override
          public void answered(StoreHeartbeatResponse answer) {
            if (answer.getHeader().hasError()) {
              failed(answer.getHeader().getError().getMessage());
            }
          }

          @Override
          public void failed(String reason) {
            resume(PdDesk.this::notHeard);
          }
        });
  }

  private static long saturatedSum(long a, long b) {
    long sum = a + b;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }

  private void lookSoon(LocalPeer peer) {
    if (peer.leads()) {
      looks.due(peer, services.nowNanos());
    }
  }

  /** A peer began to lead, or its Region changed: PD hears of it at once. */
  void changed(LocalPeer peer) {
    if (peer.leads() && takenIn) {
      heartbeat(peer, peer.health().examine(peer, services.nowNanos()));
      lookAgain(peer);
    }
  }

  private void lookAgain(LocalPeer peer) {
    long nowNanos = services.nowNanos();
    Region region = peer.region();
    boolean alone = region == null || region.peers().size() < 2;
    long lookNanos = nowNanos + (peer.health().isSteady() ? STEADY_LOOK_NANOS : 1);
    long reportNanos = Math.max(nowNanos + 1, peer.reporting().nextAtNanos());
    looks.due(peer, alone ? reportNanos : Math.min(lookNanos, reportNanos));
  }

  private void examine(LocalPeer peer, long nowNanos) {
    PeerReporting reporting = peer.reporting();
    PeerHealth.Report health = peer.health().examine(peer, nowNanos);
    if (!reporting.hasReported() || health.differsFrom(reporting.lastHealth())) {
      heartbeat(peer, health);
    } else if (nowNanos - reporting.nextAtNanos() >= 0 && !reporting.sizing()) {
      measure(peer);
    }
    lookAgain(peer);
  }

  /** A regular heartbeat carries fresh sizes, which are asked for where it may take time. */
  private void measure(LocalPeer peer) {
    Region region = peer.region();
    if (region == null) {
      return;
    }
    peer.reporting().sizing(true);
    services.disk.submit(
        "measure-region",
        () -> {
          long bytes;
          long keys;
          try {
            bytes = services.engine.approximateSize(region.range());
            keys = services.engine.approximateKeys(ColumnFamily.DEFAULT, region.range());
          } catch (EngineException e) {
            if (!e.retryable()) {
              throw e;
            }
            resume(() -> peer.reporting().sizing(false)); // it is asked for again
            return;
          }
          resume(() -> {
            peer.reporting().sizes(bytes, keys);
            if (!peer.closed() && peer.leads()) {
              heartbeat(peer, peer.health().examine(peer, services.nowNanos()));
            }
          });
        });
  }

  private void heartbeat(LocalPeer peer, PeerHealth.Report health) {
    Region region = peer.region();
    Peer leader = region == null ? null : region.peer(peer.peerId());
    if (region == null || leader == null) {
      return;
    }
    PeerReporting reporting = peer.reporting();
    PeerTraffic traffic = peer.traffic();
    long nowSeconds = TimeUnit.MILLISECONDS.toSeconds(time.wallMillis());
    pd.regionHeartbeat(
        RegionHeartbeatRequest.newBuilder()
            .setRegion(ProtoRegions.toProto(region))
            .setLeader(ProtoRegions.toProto(leader))
            .addAllPendingPeers(health.pending())
            .addAllDownPeers(health.down())
            .setTerm(peer.node().term())
            .setStarts(self.getStarts())
            .setBytesWritten(traffic.bytesWritten())
            .setKeysWritten(traffic.keysWritten())
            .setApproximateSize(reporting.bytes())
            .setApproximateKeys(reporting.keys())
            .setInterval(
                TimeInterval.newBuilder()
                    .setStartTimestamp(reporting.reportedAtSeconds(startSeconds))
                    .setEndTimestamp(nowSeconds))
            .build());
    bytesWritten += traffic.bytesWritten();
    keysWritten += traffic.keysWritten();
    traffic.reported();
    reporting.reported(
        health,
        services.nowNanos() + services.config.intervals().regionHeartbeat().toNanos(),
        nowSeconds);
    services.metrics.count("region_heartbeats_total", 1);
  }

  // ---- instructions

  void instructed(RegionHeartbeatResponse instruction) {
    if (instruction.getRegionId() == 0) {
      return; // keeps the stream alive
    }
    LocalPeer peer = peers.get(instruction.getRegionId());
    Region region = peer == null ? null : peer.region();
    if (peer == null || region == null || !peer.leads()) {
      refuse(instruction, "this store does not lead the region");
      return;
    }
    if (instruction.hasTransferLeader()) {
      transfer(peer, region, instruction);
    } else if (instruction.hasChangePeer()) {
      change(peer, region, instruction, List.of(instruction.getChangePeer()));
    } else if (instruction.hasChangePeerV2()) {
      change(peer, region, instruction, instruction.getChangePeerV2().getChangesList());
    } else {
      refuse(instruction, "this release does not do it");
    }
  }

  private void transfer(LocalPeer peer, Region region, RegionHeartbeatResponse instruction) {
    long target = instruction.getTransferLeader().getPeer().getId();
    if (target == 0 && instruction.getTransferLeader().getPeersCount() > 0) {
      target = instruction.getTransferLeader().getPeers(0).getId();
    }
    if (region.peer(target) == null) {
      refuse(instruction, "peer " + target + " is no member");
      return;
    }
    peer.driven().transferLeader(target);
  }

  private void change(
      LocalPeer peer, Region region, RegionHeartbeatResponse instruction, List<ChangePeer> wishes) {
    if (instruction.getRegionEpoch().getConfVer() != region.epoch().confVer()) {
      refuse(instruction, "the region's epoch is " + region.epoch());
      return;
    }
    for (var wish : wishes) {
      if (wish.getPeer().getId() == peer.peerId()
          && wish.getChangeType() != ConfChangeType.AddNode) {
        refuse(instruction, "the leader must hand over before it loses its vote");
        return;
      }
    }
    try {
      ConfChange change = ChangePlanner.plan(region, wishes);
      if (peer.proposeConfChange(change) instanceof ProposeResult.Refused refused) {
        refuse(instruction, refused.reason() + ": " + refused.detail());
      }
    } catch (ChangePlanner.Impossible e) {
      refuse(instruction, e.getMessage());
    }
  }

  private void refuse(RegionHeartbeatResponse instruction, @Nullable String why) {
    services.metrics.count("pd_instructions_refused_total", 1);
    log.info("region {}: PD's wish is not done: {}", instruction.getRegionId(), why);
  }
}
