package dev.terrane.server.transport;

import dev.terrane.proto.terranepb.InternalGrpc;
import dev.terrane.proto.terranepb.RaftBatch;
import dev.terrane.proto.terranepb.RaftDone;
import dev.terrane.server.net.GrpcChannels;
import dev.terrane.server.net.LoopExecutor;
import dev.terrane.store.SnapshotStream;
import dev.terrane.store.StoreTransport;
import dev.terrane.txn.ReadPool;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Carries Raft batches to other stores, one stream for each, and snapshots, a stream and connection
 * for each of those, so that a large one does not hold up heartbeats. Thread-safe.
 */
public final class GrpcStoreTransport implements StoreTransport, AutoCloseable {
  /** With more than so many, those are forgotten whose store has never been found. */
  private static final int STREAMS_MAX = 4096;

  private final AddressBook addresses;
  private final GrpcChannels channels;
  private final LoopExecutor loop;
  private final ReadPool encoders;
  private final long queuedBytesMax;
  private final ConcurrentMap<Long, PeerStream<RaftBatch, RaftDone>> streamByStoreId =
      new ConcurrentHashMap<>();

  /**
   * @param encoders where large messages are encoded
   * @param queuedBytesMax most bytes that wait for one store
   */
  public GrpcStoreTransport(
      AddressBook addresses,
      GrpcChannels channels,
      LoopExecutor loop,
      ReadPool encoders,
      long queuedBytesMax) {
    this.addresses = addresses;
    this.channels = channels;
    this.loop = loop;
    this.encoders = encoders;
    this.queuedBytesMax = queuedBytesMax;
  }

  @Override
  public void prepare(long toStoreId) {
    streamTo(toStoreId).prepare();
  }

  @Override
  public void send(long toStoreId, RaftBatch batch) {
    streamTo(toStoreId).send(batch);
  }

  private PeerStream<RaftBatch, RaftDone> streamTo(long storeId) {
    PeerStream<RaftBatch, RaftDone> known = streamByStoreId.get(storeId);
    if (known != null) {
      return known;
    }
    if (streamByStoreId.size() >= STREAMS_MAX) {
      forgetNeverFound();
    }
    return streamByStoreId.computeIfAbsent(storeId, this::newStream);
  }

  /** Whoever says that he is a store is answered there; ids that no store has lead nowhere. */
  private void forgetNeverFound() {
    streamByStoreId
        .values()
        .removeIf(stream -> {
          if (stream.wasFound()) {
            return false;
          }
          stream.close();
          return true;
        });
  }

  private PeerStream<RaftBatch, RaftDone> newStream(long storeId) {
    return new PeerStream<>(
        "store",
        storeId,
        addresses,
        channels,
        loop,
        encoders,
        (channel, responses) -> InternalGrpc.newStub(channel).raft(responses),
        RaftBatch::getSerializedSize,
        queuedBytesMax);
  }

  @Override
  public SnapshotStream openSnapshot(long toStoreId, SnapshotStream.Listener listener) {
    OutboundSnapshot snapshot = new OutboundSnapshot(channels, loop, listener);
    addresses.find(toStoreId, found -> loop.executeOrRun(() -> snapshot.open(found)));
    return snapshot;
  }

  /** Bytes that wait for all stores together. */
  public long queuedBytes() {
    return streamByStoreId.values().stream().mapToLong(PeerStream::queuedBytes).sum();
  }

  /** Batches that never left. */
  public long dropped() {
    return streamByStoreId.values().stream().mapToLong(PeerStream::dropped).sum();
  }

  @Override
  public void close() {
    streamByStoreId.values().forEach(PeerStream::close);
  }
}
