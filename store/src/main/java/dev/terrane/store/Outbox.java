package dev.terrane.store;

import dev.terrane.common.contact.Contacts;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.proto.terranepb.LargeAppend;
import dev.terrane.proto.terranepb.PeerDigest;
import dev.terrane.proto.terranepb.PeerRemoved;
import dev.terrane.proto.terranepb.RaftBatch;
import dev.terrane.proto.terranepb.RaftEnvelope;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a store loop has for other stores: gathered during a cycle, sent at its end, one message per
 * store whatever the number of Regions. Confined to the loop.
 */
final class Outbox {
  /** A batch goes out early once it has about so much. */
  private static final long BATCH_BYTES_TARGET = 4 << 20;

  private static final class Open {
    final RaftBatch.Builder batch = RaftBatch.newBuilder();
    long bytes;
  }

  private final StoreIdentity identity;
  private final Contacts<RaftBatch> contacts;
  private final StoreTransport transport;
  private final MetricsSink metrics;
  private final Map<Long, Open> openByStoreId = new LinkedHashMap<>();

  Outbox(
      StoreIdentity identity,
      Contacts<RaftBatch> contacts,
      StoreTransport transport,
      MetricsSink metrics) {
    this.identity = identity;
    this.contacts = contacts;
    this.transport = transport;
    this.metrics = metrics;
  }

  /** Messages to the other stores of {@code region} may come at any time. */
  void prepare(Region region) {
    for (Peer peer : region.peers()) {
      long storeId = peer.storeId();
      if (storeId != identity.storeId()) {
        transport.prepare(storeId);
        if (contacts.expect(storeId)) {
          greet(storeId);
        }
      }
    }
  }

  /** Sends {@code toStoreId} at least an empty batch, by which it can show itself. */
  void greet(long toStoreId) {
    openByStoreId.putIfAbsent(toStoreId, new Open());
  }

  /** Adds a message whose entries have {@code bytes}. */
  void add(long toStoreId, RaftEnvelope envelope, long bytes) {
    Open open = open(toStoreId);
    open.batch.addEnvelopes(envelope);
    open.bytes += bytes;
    if (open.bytes >= BATCH_BYTES_TARGET) {
      openByStoreId.remove(toStoreId);
      send(toStoreId, open);
    }
  }

  /**
   * The same for one with more entries than appends have as a rule, which may be long on its way.
   * What was gathered before goes first, and says that it comes.
   */
  void addLarge(long toStoreId, RaftEnvelope envelope, long bytes) {
    Open before = open(toStoreId);
    before.batch.addLarge(
        LargeAppend.newBuilder()
            .setRegionId(envelope.getRegionId())
            .setFromPeerId(envelope.getFromPeer().getId())
            .setToPeerId(envelope.getToPeer().getId())
            .setBytes(bytes));
    openByStoreId.remove(toStoreId);
    send(toStoreId, before);
    add(toStoreId, envelope, bytes);
  }

  void add(long toStoreId, PeerRemoved removed) {
    open(toStoreId).batch.addRemoved(removed);
  }

  void add(long toStoreId, PeerDigest digest) {
    open(toStoreId).batch.addDigests(digest);
  }

  /** Sends everything. */
  void flush() {
    if (!openByStoreId.isEmpty()) {
      openByStoreId.forEach(this::send);
      openByStoreId.clear();
    }
  }

  private Open open(long toStoreId) {
    return openByStoreId.computeIfAbsent(toStoreId, _ -> new Open());
  }

  private void send(long toStoreId, Open open) {
    metrics.count("raft_batches_sent_total", 1);
    transport.send(
        toStoreId,
        open.batch
            .setClusterId(identity.clusterId())
            .setFromStoreId(identity.storeId())
            .setToStoreId(toStoreId)
            .setFromIncarnation(contacts.ours(toStoreId))
            .setToIncarnation(contacts.theirs(toStoreId))
            .build());
  }
}
