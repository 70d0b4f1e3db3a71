package dev.terrane.store;

import dev.terrane.common.Bytes;
import dev.terrane.common.agent.Agent;
import dev.terrane.common.region.Region;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.terranepb.RaftMessageKind;
import dev.terrane.proto.terranepb.SnapshotDone;
import dev.terrane.proto.terranepb.SnapshotHead;
import dev.terrane.proto.terranepb.SnapshotMarker;
import dev.terrane.raft.Message;
import dev.terrane.raft.Ready;
import dev.terrane.raft.Snapshot;
import dev.terrane.raft.SnapshotMeta;
import dev.terrane.raft.SnapshotRequest;
import dev.terrane.store.wire.Records;
import dev.terrane.store.wire.RegionKeys;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Snapshots that leave and snapshots that come.
 *
 * <p>One that comes, step by step (design: "What is durable when", rule 3): received, checked and
 * synced by a {@link SnapshotReceive}; given to Raft, which may want it; a barrier; its marker, the
 * new hard state and the end of the old log in one synced batch, after which it is acknowledged;
 * reads fenced, the applier out of the way; installed, with a barrier at its end; the marker
 * removed, then the files. Until the marker is durable a crash leaves the old state; from then on
 * the next start installs it again.
 *
 * <p>Confined to the store loop, but for {@link #open} and what {@link SnapshotReceive} calls.
 */
final class SnapshotDesk implements SnapshotSend.Owner, SnapshotReceive.Owner {
  private static final Logger log = LoggerFactory.getLogger(SnapshotDesk.class);
  private static final long STALLED_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** A snapshot that Raft has taken, on its way into the engine. */
  private record Install(LocalPeer peer, SnapshotMarker marker) {}

  private record SendKey(long regionId, long peerId) {}

  private final LoopServices services;
  private final PeerTable peers;
  private final MessageRouter router;
  private final StoreTransport transport;
  private final SnapshotFiles files;
  private final SnapshotRate rate;
  private final SnapshotInstaller installer;
  private final Map<SendKey, SnapshotSend> sending = new LinkedHashMap<>();
  private final Map<SendKey, SnapshotSend> queued = new LinkedHashMap<>();

  /** By Region id, from the moment that the applier is asked to let go. */
  private final Map<Long, Install> installing = new LinkedHashMap<>();

  private final AtomicInteger receiving = new AtomicInteger();
  private final AtomicLong nextReceive = new AtomicLong();
  private @Nullable Bytes taken;

  SnapshotDesk(
      LoopServices services,
      PeerTable peers,
      MessageRouter router,
      StoreTransport transport,
      SnapshotFiles files,
      long nowNanos) {
    this.services = services;
    this.peers = peers;
    this.router = router;
    this.transport = transport;
    this.files = files;
    this.rate = new SnapshotRate(services.config.snapshots().bytesPerSecond(), nowNanos);
    this.installer = new SnapshotInstaller(services.engine, files);
  }

  int sending() {
    return sending.size();
  }

  int receiving() {
    return receiving.get();
  }

  int installing() {
    return installing.size();
  }

  // ---- leaving

  void send(LocalPeer peer, SnapshotRequest request) {
    long toStoreId = peer.envelopes().storeOf(request.peerId());
    SendKey key = new SendKey(peer.regionId(), request.peerId());
    if (toStoreId == 0 || sending.containsKey(key) || queued.containsKey(key)) {
      peer.node().reportSnapshot(request.peerId(), false);
      peer.markDirty();
      return;
    }
    queued.put(
        key,
        new SnapshotSend(
            services,
            this,
            transport,
            rate,
            peer,
            request.peerId(),
            toStoreId,
            request.minIndex()));
    startQueued();
  }

  private void startQueued() {
    while (!queued.isEmpty() && sending.size() < services.config.snapshots().atOnce()) {
      var next = queued.entrySet().iterator().next();
      queued.remove(next.getKey());
      sending.put(next.getKey(), next.getValue());
      next.getValue().start();
    }
  }

  @Override
  public void ended(SnapshotSend send, boolean shipped, String reason) {
    LocalPeer peer = send.peer();
    sending.remove(new SendKey(peer.regionId(), send.toPeerId()));
    services.metrics.count(shipped ? "snapshots_sent_total" : "snapshots_not_sent_total", 1);
    if (!shipped) {
      log.info("{}: snapshot for peer {} not sent: {}", peer, send.toPeerId(), reason);
    }
    if (!peer.closed()) {
      peer.node().reportSnapshot(send.toPeerId(), shipped);
      peer.markDirty();
    }
    startQueued();
  }

  /** Sends what the rate now allows, and gives up what does not move. Returns the work done. */
  int poll(long nowNanos) {
    int work = 0;
    if (!sending.isEmpty()) {
      for (SnapshotSend send : List.copyOf(sending.values())) {
        if (send.nextDeadlineNanos(nowNanos) <= nowNanos) {
          send.pump();
          work++;
        }
        send.expire(nowNanos - STALLED_NANOS);
      }
    }
    return work;
  }

  long nextDeadlineNanos(long nowNanos) {
    long next = Agent.NO_DEADLINE;
    for (SnapshotSend send : sending.values()) {
      next = Math.min(next, send.nextDeadlineNanos(nowNanos));
    }
    return next;
  }

  // ---- coming

  /** A stream for one incoming snapshot. From any thread. */
  SnapshotReceiver open(SnapshotReceiver.Reply reply) {
    return new SnapshotReceive(this, services.disk, reply);
  }

  @Override
  public SnapshotIntake admit(SnapshotHead head) throws SnapshotIntake.Refused {
    if (head.getClusterId() != services.identity.clusterId()
        || head.getToStoreId() != services.identity.storeId()) {
      throw new SnapshotIntake.Refused("this is not the store that it is for");
    }
    if (!services.contacts.isProven(head.getFromStoreId(), head.getToIncarnation())
        || head.getEnvelope().getFromPeer().getStoreId() != head.getFromStoreId()) {
      throw new SnapshotIntake.Refused(
          "it has yet to be shown that store %d sends it".formatted(head.getFromStoreId()));
    }
    if (head.getMeta().getFormatVersion() != Records.FORMAT) {
      throw new SnapshotIntake.Refused(
          "format " + head.getMeta().getFormatVersion() + " is not known here");
    }
    if (head.getEnvelope().getMessage().getKind() != RaftMessageKind.INSTALL_SNAPSHOT
        || head.getMeta().getRegion().getId() != head.getEnvelope().getRegionId()) {
      throw new SnapshotIntake.Refused("the head is not a snapshot's");
    }
    Region region = ProtoRegions.fromProto(head.getMeta().getRegion());
    for (Region other : services.regions.overlapping(region.range())) {
      if (other.id() != region.id()) {
        throw new SnapshotIntake.Refused("it overlaps region " + other.id());
      }
    }
    if (receiving.incrementAndGet() > services.config.snapshots().atOnce()) {
      receiving.decrementAndGet();
      throw new SnapshotIntake.Refused("too many snapshots are coming");
    }
    String prefix =
        region.id() + "-" + head.getMeta().getIndex() + "-" + nextReceive.incrementAndGet();
    return new SnapshotIntake(
        services.engine, files, services.config.snapshots().inlineBytesMax(), head, prefix);
  }

  @Override
  public void failed(SnapshotIntake intake) {
    receiving.decrementAndGet();
  }

  @Override
  public void received(SnapshotIntake intake, SnapshotMarker marker, SnapshotReceiver.Reply reply) {
    services.inbox.put(
        new StoreMessage.Resume(() -> {
          receiving.decrementAndGet();
          String refusal = offer(intake.head(), marker);
          if (refusal != null) {
            services.disk.submit(
                "discard-snapshot", () -> SnapshotIntake.deleteFiles(files, marker.getFilesList()));
          }
          reply.done(
              SnapshotDone.newBuilder()
                  .setAccepted(refusal == null)
                  .setReason(refusal == null ? "" : refusal)
                  .build());
        }));
  }

  /** Gives a received snapshot to Raft; says why it is of no use, or null. */
  private @Nullable String offer(SnapshotHead head, SnapshotMarker marker) {
    Region region = ProtoRegions.fromProto(head.getMeta().getRegion());
    LocalPeer peer = router.forSnapshot(head.getEnvelope());
    if (peer == null) {
      return "the peer is not here and must not be";
    }
    if (peer.isReplacing() || peers.isLeaving(region.id(), region.range())) {
      return "another snapshot is going in";
    }
    if (region.peer(peer.peerId()) == null) {
      return "it does not know the peer that it is for";
    }
    for (Region other : services.regions.overlapping(region.range())) {
      if (other.id() != region.id()) {
        return "it overlaps region " + other.id();
      }
    }
    Bytes reference = Records.encode(marker);
    var meta =
        new SnapshotMeta(
            marker.getMeta().getIndex(), marker.getMeta().getTerm(), Memberships.of(region));
    taken = null;
    peer.step(
        new Message.InstallSnapshot(
            head.getEnvelope().getFromPeer().getId(),
            peer.peerId(),
            head.getEnvelope().getMessage().getTerm(),
            new Snapshot(meta, reference)));
    peer.collect();
    return Objects.equals(taken, reference) ? null : "Raft has no use for it";
  }

  /** A Ready of {@code peer} wants this snapshot installed. */
  void install(LocalPeer peer, Ready ready, Snapshot snapshot) {
    taken = snapshot.reference();
    SnapshotMarker marker = Records.marker(snapshot.reference());
    log.info("{}: installing a snapshot of index {}", peer, snapshot.meta().index());
    services.onDisk(
        "barrier-before-snapshot",
        services.engine::barrier,
        () -> {
          if (peer.closed()) {
            discard(marker);
            return;
          }
          peer.promiseSnapshot(ready, snapshot, snapshot.reference());
          services.logTask().afterwards(() -> replace(peer, marker));
        });
  }

  private void replace(LocalPeer peer, SnapshotMarker marker) {
    if (peer.closed()) {
      discard(marker);
      return;
    }
    peer.fence();
    installing.put(peer.regionId(), new Install(peer, marker));
    services.applier.submit(new ApplyTask.Close(peer.regionId(), peer.peerId()));
  }

  /** The applier has let go of a Region: its data may be replaced. */
  void applierClosed(StoreMessage.ApplierClosed closed) {
    Install install = installing.get(closed.regionId());
    if (install == null || install.peer.peerId() != closed.peerId()) {
      return;
    }
    if (install.peer.closed()) {
      installing.remove(closed.regionId());
      discard(install.marker);
      return;
    }
    services.onDisk(
        "install-snapshot", () -> installer.install(install.marker), () -> installed(install));
  }

  private void installed(Install install) {
    LocalPeer peer = install.peer;
    installing.remove(peer.regionId());
    services.metrics.count("snapshots_installed_total", 1);
    peer.installed(
        ProtoRegions.fromProto(install.marker.getMeta().getRegion()),
        SnapshotInstaller.position(install.marker));
    LogTask task = services.logTask();
    task.batch().delete(RegionKeys.snapshotMarker(peer.regionId()));
    task.afterwards(() -> discard(install.marker));
  }

  private void discard(SnapshotMarker marker) {
    if (marker.getFilesCount() > 0) {
      services.disk.submit(
          "delete-snapshot", () -> SnapshotIntake.deleteFiles(files, marker.getFilesList()));
    }
  }
}
