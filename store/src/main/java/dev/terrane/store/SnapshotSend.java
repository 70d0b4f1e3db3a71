package dev.terrane.store;

import dev.terrane.common.Bytes;
import dev.terrane.common.agent.Agent;
import dev.terrane.common.agent.Inbox;
import dev.terrane.engine.EngineException;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.terranepb.SnapshotChunk;
import dev.terrane.proto.terranepb.SnapshotDone;
import dev.terrane.proto.terranepb.SnapshotHead;
import dev.terrane.proto.terranepb.SnapshotMeta;
import dev.terrane.proto.terranepb.SnapshotOffer;
import dev.terrane.raft.Message;
import dev.terrane.raft.Snapshot;
import dev.terrane.store.wire.Records;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One outgoing snapshot, from the offer to the receiver's answer.
 *
 * <p>Offers it and waits for the receiver's permit, holding nothing; then opens the source on an
 * I/O thread, with the log held from where it may begin; lets Raft agree to its index; and sends
 * chunk after chunk: the next is read only when the stream is ready, so about one chunk is in
 * memory. Everything but opening and reading is done on the loop.
 *
 * <p>Ends at any stage, once: the receiver or the stream says so, nothing moves for too long, or
 * Raft has no use for it any more. Whoever has the source then closes it: this, or the step on the
 * I/O thread that comes back to find it over.
 */
final class SnapshotSend implements SnapshotStream.Listener {
  /** How long the receiver may take for the next sign that it goes on. */
  private static final long STALLED_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** What the desk that started it is told, on the loop. */
  interface Owner {
    void ended(SnapshotSend send, boolean shipped, String reason);
  }

  /** How far it has got. */
  private sealed interface Stage {
    record Waiting() implements Stage {}

    record Offered(SnapshotStream stream) implements Stage {}

    record Opening(SnapshotStream stream) implements Stage {}

    final class Sending implements Stage {
      final SnapshotStream stream;
      final SnapshotSource source;

      /** Null once it is sent. */
      @Nullable SnapshotHead head;

      boolean reading;

      Sending(SnapshotStream stream, SnapshotSource source, SnapshotHead head) {
        this.stream = stream;
        this.source = source;
        this.head = head;
      }
    }

    /** All is sent. */
    record Sent(SnapshotStream stream) implements Stage {}

    record Over() implements Stage {}
  }

  private final LoopServices services;
  private final Owner owner;
  private final StoreTransport transport;
  private final SnapshotRate rate;
  private final LocalPeer peer;
  private final long term;
  private final long toPeerId;
  private final long toStoreId;
  private final Inbox<StoreMessage> inbox;
  private final AtomicBoolean pumpPosted = new AtomicBoolean();
  private Stage stage = new Stage.Waiting();
  private long progressAtNanos;

  SnapshotSend(
      LoopServices services,
      Owner owner,
      StoreTransport transport,
      SnapshotRate rate,
      LocalPeer peer,
      long toPeerId,
      long toStoreId) {
    this.services = services;
    this.owner = owner;
    this.transport = transport;
    this.rate = rate;
    this.peer = peer;
    this.term = peer.node().term();
    this.toPeerId = toPeerId;
    this.toStoreId = toStoreId;
    this.inbox = services.inbox;
  }

  LocalPeer peer() {
    return peer;
  }

  long toPeerId() {
    return toPeerId;
  }

  long toStoreId() {
    return toStoreId;
  }

  /** Whether it waits for its receiver's permit, and holds nothing. */
  boolean isOffered() {
    return stage instanceof Stage.Offered;
  }

  /** Whether Raft still wants it sent. */
  boolean isWanted() {
    return !peer.closed() && peer.node().term() == term && peer.node().awaitsSnapshot(toPeerId);
  }

  void start() {
    progressAtNanos = services.nowNanos();
    SnapshotStream stream = transport.openSnapshot(toStoreId, this);
    stage = new Stage.Offered(stream);
    stream.send(
        SnapshotChunk.newBuilder()
            .setOffer(
                SnapshotOffer.newBuilder()
                    .setFormatVersion(Records.FORMAT)
                    .setClusterId(services.identity.clusterId())
                    .setFromStoreId(services.identity.storeId())
                    .setToStoreId(toStoreId)
                    .setToIncarnation(services.contacts.theirs(toStoreId))
                    .setEnvelope(peer.envelopes().makeOffer(toPeerId, term)))
            .build());
  }

  private void permitted() {
    if (!(stage instanceof Stage.Offered offered)) {
      return;
    }
    // Before the source is opened: the log must not be released past what it will hold.
    if (!isWanted() || !peer.node().openingSnapshot(toPeerId)) {
      end(false, "it is no longer wanted");
      return;
    }
    progressAtNanos = services.nowNanos();
    stage = new Stage.Opening(offered.stream);
    services.disk.submit(
        "open-snapshot",
        () -> {
          SnapshotSource opened;
          try {
            opened =
                SnapshotSource.open(
                    services.engine, peer.regionId(), services.config.snapshots().chunkBytes());
          } catch (EngineException e) {
            failedToRead(e);
            return;
          }
          long bytes =
              opened == null ? 0 : services.engine.approximateSize(opened.region().range());
          inbox.put(new StoreMessage.Resume(() -> opened(opened, bytes)));
        });
  }

  private void opened(@Nullable SnapshotSource source, long dataBytes) {
    if (!(stage instanceof Stage.Opening opening)) {
      close(source); // it ended meanwhile
      return;
    }
    if (source == null) {
      end(false, "the region is not there");
      return;
    }
    SnapshotHead head = isWanted() ? head(source, dataBytes) : null;
    if (head == null) {
      close(source);
      end(false, "it is no longer wanted");
      return;
    }
    stage = new Stage.Sending(opening.stream, source, head);
    pump();
  }

  /** Null if Raft does not want it. */
  private @Nullable SnapshotHead head(SnapshotSource source, long dataBytes) {
    var meta =
        new dev.terrane.raft.SnapshotMeta(
            source.position().index(), source.position().term(), Memberships.of(source.region()));
    Message.InstallSnapshot message =
        peer.node().sendSnapshot(toPeerId, new Snapshot(meta, Bytes.EMPTY));
    if (message == null) {
      return null;
    }
    peer.markDirty();
    return SnapshotHead.newBuilder()
        .setClusterId(services.identity.clusterId())
        .setFromStoreId(services.identity.storeId())
        .setToStoreId(toStoreId)
        .setEnvelope(peer.envelopes().make(message))
        .setMeta(
            SnapshotMeta.newBuilder()
                .setFormatVersion(Records.FORMAT)
                .setIndex(source.position().index())
                .setTerm(source.position().term())
                .setRegion(ProtoRegions.toProto(source.region())))
        .setDataBytes(dataBytes)
        .build();
  }

  /** Sends what may go now. */
  void pump() {
    pumpPosted.set(false);
    if (!(stage instanceof Stage.Sending sending)
        || sending.reading
        || !sending.stream.isReady()
        || rate.waitNanos(services.nowNanos()) > 0) {
      return;
    }
    SnapshotHead head = sending.head;
    if (head != null) {
      sending.head = null;
      sending.stream.send(SnapshotChunk.newBuilder().setHead(head).build());
    }
    sending.reading = true;
    services.disk.submit(
        "read-snapshot",
        () -> {
          SnapshotChunk chunk;
          try {
            chunk = sending.source.next();
          } catch (EngineException e) {
            failedToRead(sending, e);
            return;
          }
          inbox.put(new StoreMessage.Resume(() -> read(sending, chunk)));
        });
  }

  /**
   * On an I/O thread: the engine could not be read, which may pass, as a want of descriptors does.
   * Raft asks for another snapshot, and meanwhile the engine need not keep anything for this one.
   */
  private void failedToRead(EngineException failure) {
    if (!failure.retryable()) {
      throw failure;
    }
    inbox.put(
        new StoreMessage.Resume(
            () -> end(false, "the engine could not be read: " + failure.getMessage())));
  }

  private void failedToRead(Stage.Sending sending, EngineException failure) {
    sending.source.close();
    failedToRead(failure);
  }

  private void read(Stage.Sending sending, SnapshotChunk chunk) {
    sending.reading = false;
    if (stage != sending) {
      close(sending.source); // it ended meanwhile
      return;
    }
    progressAtNanos = services.nowNanos();
    sending.stream.send(chunk);
    if (chunk.hasTail()) {
      close(sending.source); // the receiver may take its time; the engine need not keep old data
      stage = new Stage.Sent(sending.stream);
      sending.stream.finish();
      return;
    }
    long bytes = chunk.getData().getPairs().size();
    services.metrics.count("snapshot_sent_bytes_total", bytes);
    rate.sent(bytes, services.nowNanos());
    pump();
  }

  /** When {@link #pump} is to be called though the stream said nothing. */
  long nextDeadlineNanos(long nowNanos) {
    if (!(stage instanceof Stage.Sending sending) || sending.reading || !sending.stream.isReady()) {
      return Agent.NO_DEADLINE;
    }
    return nowNanos + Math.max(0, rate.waitNanos(nowNanos));
  }

  /** Gives up what nobody wants any more, or what the receiver does not let go on. */
  void expire(long nowNanos) {
    boolean late = nowNanos - progressAtNanos > STALLED_NANOS;
    switch (stage) {
      case Stage.Offered _ when late -> end(false, "the receiver gives no permit");
      case Stage.Sending sending when late && !sending.reading ->
          end(false, "the receiver takes nothing");
      case Stage.Sent _ when late -> end(false, "the receiver does not answer");
      case Stage.Waiting _, Stage.Sent _, Stage.Over _ -> {}
      case Stage.Offered _, Stage.Opening _, Stage.Sending _ -> {
        if (!isWanted()) {
          end(false, "it is no longer wanted");
        }
      }
    }
  }

  @Override
  public void onReady() {
    if (pumpPosted.compareAndSet(false, true)) {
      inbox.put(new StoreMessage.Resume(this::pump));
    }
  }

  @Override
  public void onPermit() {
    inbox.put(new StoreMessage.Resume(this::permitted));
  }

  @Override
  public void onDone(SnapshotDone done) {
    inbox.put(new StoreMessage.Resume(() -> answered(done)));
  }

  private void answered(SnapshotDone done) {
    boolean shipped = done.getAccepted() && stage instanceof Stage.Sent;
    end(shipped, done.getReason());
  }

  @Override
  public void onFailed(String reason) {
    inbox.put(new StoreMessage.Resume(() -> end(false, reason)));
  }

  /** Ends it, whatever it is doing. */
  void giveUp(String reason) {
    end(false, reason);
  }

  private void end(boolean shipped, String reason) {
    Stage last = stage;
    stage = new Stage.Over();
    SnapshotStream stream;
    switch (last) {
      case Stage.Over _ -> {
        return;
      }
      case Stage.Waiting _ -> stream = null;
      case Stage.Offered offered -> stream = offered.stream;
      case Stage.Opening opening -> stream = opening.stream;
      case Stage.Sending sending -> {
        stream = sending.stream;
        if (!sending.reading) {
          close(sending.source);
        }
      }
      case Stage.Sent sent -> stream = sent.stream;
    }
    if (stream != null && !shipped) {
      stream.abort(reason);
    }
    owner.ended(this, shipped, reason);
  }

  private void close(@Nullable SnapshotSource source) {
    if (source != null) {
      services.disk.submit("close-snapshot", source::close);
    }
  }

  @Override
  public String toString() {
    return "snapshot of region " + peer.regionId() + " for peer " + toPeerId;
  }
}
