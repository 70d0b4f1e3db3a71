package dev.terrane.store;

import dev.terrane.common.Bytes;
import dev.terrane.common.agent.Agent;
import dev.terrane.common.agent.Inbox;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.terranepb.SnapshotChunk;
import dev.terrane.proto.terranepb.SnapshotDone;
import dev.terrane.proto.terranepb.SnapshotHead;
import dev.terrane.proto.terranepb.SnapshotMeta;
import dev.terrane.raft.Message;
import dev.terrane.raft.Snapshot;
import dev.terrane.store.wire.Records;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One outgoing snapshot, from the moment that Raft asks for it to the receiver's answer.
 *
 * <p>Opens the source on an I/O thread, lets Raft agree to its index, then sends chunk after chunk:
 * the next is read only when the stream is ready, so about one chunk is in memory. Everything but
 * reading is done on the loop.
 */
final class SnapshotSend implements SnapshotStream.Listener {
  /** What the desk that started it is told, on the loop. */
  interface Owner {
    void ended(SnapshotSend send, boolean shipped, String reason);
  }

  private final LoopServices services;
  private final Owner owner;
  private final StoreTransport transport;
  private final SnapshotRate rate;
  private final LocalPeer peer;
  private final long toPeerId;
  private final long toStoreId;
  private final long minIndex;
  private final Inbox<StoreMessage> inbox;
  private final AtomicBoolean pumpPosted = new AtomicBoolean();
  private @Nullable SnapshotSource source;
  private @Nullable SnapshotStream stream;
  private @Nullable SnapshotHead head;
  private boolean reading;
  private boolean headSent;
  private boolean tailSent;
  private boolean over;
  private long progressAtNanos;

  SnapshotSend(
      LoopServices services,
      Owner owner,
      StoreTransport transport,
      SnapshotRate rate,
      LocalPeer peer,
      long toPeerId,
      long toStoreId,
      long minIndex) {
    this.services = services;
    this.owner = owner;
    this.transport = transport;
    this.rate = rate;
    this.peer = peer;
    this.toPeerId = toPeerId;
    this.toStoreId = toStoreId;
    this.minIndex = minIndex;
    this.inbox = services.inbox;
  }

  LocalPeer peer() {
    return peer;
  }

  long toPeerId() {
    return toPeerId;
  }

  void start() {
    progressAtNanos = services.nowNanos();
    services.disk.submit(
        "open-snapshot",
        () -> {
          SnapshotSource opened =
              SnapshotSource.open(
                  services.engine, peer.regionId(), services.config.snapshots().chunkBytes());
          long bytes =
              opened == null ? 0 : services.engine.approximateSize(opened.region().range());
          inbox.put(new StoreMessage.Resume(() -> opened(opened, bytes)));
        });
  }

  private void opened(@Nullable SnapshotSource opened, long dataBytes) {
    source = opened;
    if (over || opened == null || opened.position().index() < minIndex || peer.closed()) {
      end(false, "the region is not there at index " + minIndex);
      return;
    }
    var meta =
        new dev.terrane.raft.SnapshotMeta(
            opened.position().index(), opened.position().term(), Memberships.of(opened.region()));
    Message.InstallSnapshot message =
        peer.node().sendSnapshot(toPeerId, new Snapshot(meta, Bytes.EMPTY));
    if (message == null) {
      end(false, "it is no longer wanted");
      return;
    }
    peer.markDirty();
    head =
        SnapshotHead.newBuilder()
            .setClusterId(services.identity.clusterId())
            .setFromStoreId(services.identity.storeId())
            .setToStoreId(toStoreId)
            .setToIncarnation(services.contacts.theirs(toStoreId))
            .setEnvelope(peer.envelopes().make(message))
            .setMeta(
                SnapshotMeta.newBuilder()
                    .setFormatVersion(Records.FORMAT)
                    .setIndex(opened.position().index())
                    .setTerm(opened.position().term())
                    .setRegion(ProtoRegions.toProto(opened.region())))
            .setDataBytes(dataBytes)
            .build();
    stream = transport.openSnapshot(toStoreId, this);
    pump();
  }

  /** Sends what may go now. */
  void pump() {
    pumpPosted.set(false);
    SnapshotStream to = stream;
    SnapshotSource from = source;
    SnapshotHead first = head;
    if (over || reading || tailSent || to == null || from == null || first == null) {
      return;
    }
    if (!to.isReady() || rate.waitNanos(services.nowNanos()) > 0) {
      return;
    }
    if (!headSent) {
      headSent = true;
      to.send(SnapshotChunk.newBuilder().setHead(first).build());
    }
    reading = true;
    services.disk.submit(
        "read-snapshot",
        () -> {
          SnapshotChunk chunk = from.next();
          inbox.put(new StoreMessage.Resume(() -> read(chunk)));
        });
  }

  private void read(SnapshotChunk chunk) {
    reading = false;
    SnapshotStream to = stream;
    if (over || to == null) {
      closeSource();
      return;
    }
    progressAtNanos = services.nowNanos();
    to.send(chunk);
    if (chunk.hasTail()) {
      tailSent = true;
      to.finish();
      return;
    }
    long bytes = chunk.getData().getPairs().size();
    services.metrics.count("snapshot_sent_bytes_total", bytes);
    rate.sent(bytes, services.nowNanos());
    pump();
  }

  /** When {@link #pump} is to be called though the stream said nothing. */
  long nextDeadlineNanos(long nowNanos) {
    SnapshotStream to = stream;
    if (over || reading || tailSent || to == null || !to.isReady()) {
      return Agent.NO_DEADLINE;
    }
    return nowNanos + Math.max(0, rate.waitNanos(nowNanos));
  }

  /** Gives up if the receiver has taken nothing since {@code sinceNanos}. */
  void expire(long sinceNanos) {
    if (!over && !reading && progressAtNanos - sinceNanos < 0) {
      end(false, "the receiver takes nothing");
    }
  }

  @Override
  public void onReady() {
    if (pumpPosted.compareAndSet(false, true)) {
      inbox.put(new StoreMessage.Resume(this::pump));
    }
  }

  @Override
  public void onDone(SnapshotDone done) {
    inbox.put(new StoreMessage.Resume(() -> end(done.getAccepted(), done.getReason())));
  }

  @Override
  public void onFailed(String reason) {
    inbox.put(new StoreMessage.Resume(() -> end(false, reason)));
  }

  private void end(boolean shipped, String reason) {
    if (over) {
      return;
    }
    over = true;
    if (!reading) {
      closeSource();
    }
    if (stream != null && !shipped) {
      stream.abort(reason);
    }
    owner.ended(this, shipped, reason);
  }

  private void closeSource() {
    SnapshotSource open = source;
    source = null;
    if (open != null) {
      services.disk.submit("close-snapshot", open::close);
    }
  }
}
