package dev.terrane.store;

import dev.terrane.common.Bytes;
import dev.terrane.common.region.Region;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.terranepb.RaftEnvelope;
import dev.terrane.proto.terranepb.SnapshotDone;
import dev.terrane.proto.terranepb.SnapshotHead;
import dev.terrane.proto.terranepb.SnapshotMarker;
import dev.terrane.proto.terranepb.SnapshotOffer;
import dev.terrane.raft.Message;
import dev.terrane.raft.Ready;
import dev.terrane.raft.Snapshot;
import dev.terrane.raft.SnapshotMeta;
import dev.terrane.store.wire.RaftCodec;
import dev.terrane.store.wire.Records;
import dev.terrane.store.wire.RegionKeys;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Snapshots that come; those that leave are {@link #sends}.
 *
 * <p>One that comes, step by step (design: "What is durable when", rule 3): offered, its range
 * claimed and permitted by {@link IncomingSnapshots}; received, checked and synced by a {@link
 * SnapshotReceive}; given to Raft, which may want it; a barrier; its marker, the new hard state and
 * the end of the old log in one synced batch, after which it is acknowledged; reads fenced, the
 * applier out of the way; installed, with a barrier at its end; the marker removed, then the files.
 * Until the marker is durable a crash leaves the old state; from then on the next start installs it
 * again.
 *
 * <p>Confined to the store loop, but for {@link #open} and what {@link SnapshotReceive} calls.
 */
final class SnapshotDesk implements SnapshotReceive.Owner {
  private static final Logger log = LoggerFactory.getLogger(SnapshotDesk.class);

  /** A snapshot that Raft has taken, on its way into the engine. */
  private record Install(LocalPeer peer, SnapshotMarker marker) {}

  private final LoopServices services;
  private final MessageRouter router;
  private final SnapshotFiles files;
  private final SnapshotInstaller installer;
  private final SnapshotSends sends;
  private final IncomingSnapshots incoming;

  /** By Region id, from the moment that the applier is asked to let go. */
  private final Map<Long, Install> installing = new LinkedHashMap<>();

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
    this.router = router;
    this.files = files;
    this.installer = new SnapshotInstaller(services.engine, files);
    this.sends = new SnapshotSends(services, transport, nowNanos);
    this.incoming = new IncomingSnapshots(services, peers);
  }

  SnapshotSends sends() {
    return sends;
  }

  int sending() {
    return sends.sending();
  }

  int receiving() {
    return incoming.coming();
  }

  int installing() {
    return installing.size();
  }

  /** Lets go on what waits for time. Returns the work done. */
  int poll(long nowNanos) {
    incoming.expire(nowNanos);
    return sends.poll(nowNanos);
  }

  long nextDeadlineNanos(long nowNanos) {
    return sends.nextDeadlineNanos(nowNanos);
  }

  // ---- coming

  /** A stream for one incoming snapshot. From any thread. */
  SnapshotReceiver open(SnapshotReceiver.Reply reply) {
    return new SnapshotReceive(this, services.disk, reply);
  }

  @Override
  public void offered(SnapshotReceive receive, SnapshotOffer offer) {
    services.inbox.put(new StoreMessage.Resume(() -> incoming.offered(receive, offer)));
  }

  @Override
  public SnapshotIntake begin(SnapshotOffer offer, SnapshotHead head)
      throws SnapshotIntake.Refused {
    if (head.getMeta().getFormatVersion() != Records.FORMAT) {
      throw new SnapshotIntake.Refused(
          "format " + head.getMeta().getFormatVersion() + " is not known here");
    }
    RaftEnvelope envelope = head.getEnvelope();
    RaftEnvelope offered = offer.getEnvelope();
    Region region = ProtoRegions.fromProto(head.getMeta().getRegion());
    // Here, where what makes no sense ends the stream; the loop takes it for granted.
    Message message =
        RaftCodec.decode(
            envelope.getFromPeer().getId(), envelope.getToPeer().getId(), envelope.getMessage());
    if (!(message instanceof Message.InstallSnapshot)
        || head.getFromStoreId() != offer.getFromStoreId()
        || region.id() != offered.getRegionId()
        || envelope.getRegionId() != offered.getRegionId()
        || envelope.getToPeer().getId() != offered.getToPeer().getId()
        || !region.range().equals(MessageRouter.range(offered))) {
      throw new SnapshotIntake.Refused("the head is not that of the snapshot that was offered");
    }
    String prefix =
        region.id() + "-" + head.getMeta().getIndex() + "-" + nextReceive.incrementAndGet();
    return new SnapshotIntake(
        services.engine, files, services.config.snapshots().inlineBytesMax(), head, prefix);
  }

  @Override
  public void failed(SnapshotReceive receive) {
    services.inbox.put(new StoreMessage.Resume(() -> incoming.failed(receive)));
  }

  @Override
  public void received(
      SnapshotReceive receive,
      SnapshotIntake intake,
      SnapshotMarker marker,
      SnapshotReceiver.Reply reply) {
    services.inbox.put(
        new StoreMessage.Resume(() -> {
          incoming.received(receive);
          String refusal = offerToRaft(intake.head(), marker);
          if (refusal != null) {
            discard(marker);
            incoming.goesInNoMore(marker.getMeta().getRegion().getId());
          }
          reply.done(
              SnapshotDone.newBuilder()
                  .setAccepted(refusal == null)
                  .setReason(refusal == null ? "" : refusal)
                  .build());
        }));
  }

  /** Gives a received snapshot to Raft; says why it is of no use, or null. */
  private @Nullable String offerToRaft(SnapshotHead head, SnapshotMarker marker) {
    Region region = ProtoRegions.fromProto(head.getMeta().getRegion());
    LocalPeer peer = router.forSnapshot(head.getEnvelope());
    if (peer == null) {
      return "the peer is not here and must not be";
    }
    if (peer.isReplacing()) {
      return "another snapshot is going in";
    }
    if (region.peer(peer.peerId()) == null) {
      return "it does not know the peer that it is for";
    }
    String overlap = incoming.overlap(region.id(), region.range());
    if (overlap != null) {
      return overlap;
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
            incoming.goesInNoMore(peer.regionId());
            return;
          }
          peer.promiseSnapshot(ready, snapshot, snapshot.reference());
          services.logTasks.open().afterwards(() -> replace(peer, marker));
        });
  }

  private void replace(LocalPeer peer, SnapshotMarker marker) {
    if (peer.closed()) {
      // Its files stay as long as the marker may: the next start would miss them.
      incoming.goesInNoMore(peer.regionId());
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
      incoming.goesInNoMore(closed.regionId());
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
    incoming.goesInNoMore(peer.regionId());
    LogTask task = services.logTasks.open();
    task.batch().delete(RegionKeys.snapshotMarker(peer.regionId()));
    task.afterwards(() -> discard(install.marker));
  }

  private void discard(SnapshotMarker marker) {
    if (marker.getFilesCount() > 0) {
      services.disk.submit(
          "delete-snapshot", () -> SnapshotIntake.deleteFiles(files, marker.getFilesList()));
    }
  }

  /** The store stops: what is held for others is given back. */
  void shutDown() {
    sends.shutDown();
  }
}
