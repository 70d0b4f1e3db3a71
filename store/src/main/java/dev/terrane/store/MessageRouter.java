package dev.terrane.store;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.contact.Contacts;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionEpoch;
import dev.terrane.engine.log.Tombstone;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.terranepb.LargeAppend;
import dev.terrane.proto.terranepb.PeerDigest;
import dev.terrane.proto.terranepb.PeerRemoved;
import dev.terrane.proto.terranepb.RaftBatch;
import dev.terrane.proto.terranepb.RaftEnvelope;
import dev.terrane.raft.Message;
import dev.terrane.store.wire.RaftCodec;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what other stores sent to the peers that it is for: finds the peer, makes one where
 * another store's peer may expect it, and tells peers that have been removed without knowing it.
 *
 * <p>Only stores are listened to that have shown who they are ({@link Contacts}): whoever else can
 * reach the port makes and destroys nothing, and advances no term. A removal is believed of a
 * member that shows a newer membership without the peer ({@link Removal}): it was committed, and a
 * peer's id never comes back. That a message is for another peer of the Region proves nothing; its
 * sender is asked for the membership. A tombstone keeps late messages from reviving a peer.
 *
 * <p>Confined to the store loop.
 */
final class MessageRouter {
  private static final Logger log = LoggerFactory.getLogger(MessageRouter.class);

  private final LoopServices services;
  private final LocalPeer.Surroundings surroundings;
  private final PeerTable peers;

  MessageRouter(LoopServices services, LocalPeer.Surroundings surroundings, PeerTable peers) {
    this.services = services;
    this.surroundings = surroundings;
    this.peers = peers;
  }

  /** Whether there was more in it than signs of life. */
  boolean receive(RaftBatch batch) {
    if (batch.getClusterId() != services.identity.clusterId()
        || batch.getToStoreId() != services.identity.storeId()
        || batch.getFromStoreId() == services.identity.storeId()
        || batch.getFromStoreId() <= 0) {
      services.metrics.count("raft_batches_misdirected_total", 1);
      return false;
    }
    long from = batch.getFromStoreId();
    List<RaftBatch> believed =
        services.contacts.received(
            from, batch.getFromIncarnation(), batch.getToIncarnation(), batch);
    if (believed.isEmpty()) {
      services.metrics.count("raft_batches_of_strangers_total", 1);
      if (services.contacts.mayAnswer(from, batch.getFromIncarnation(), services.nowNanos())) {
        services.outbox.greet(from);
      }
      return false;
    }
    boolean more = false;
    for (RaftBatch each : believed) {
      more |= take(each);
    }
    return more;
  }

  private boolean take(RaftBatch batch) {
    boolean more = batch.getRemovedCount() > 0 || batch.getDigestsCount() > 0;
    for (int i = 0; i < batch.getEnvelopesCount(); i++) {
      RaftEnvelope envelope = batch.getEnvelopes(i);
      if (envelope.getFromPeer().getStoreId() == batch.getFromStoreId()) {
        more |= receive(envelope);
      } else {
        services.metrics.count("raft_messages_malformed_total", 1);
      }
    }
    for (PeerRemoved removed : batch.getRemovedList()) {
      learnOfRemoval(batch.getFromStoreId(), removed);
    }
    for (PeerDigest digest : batch.getDigestsList()) {
      compare(batch.getFromStoreId(), digest);
    }
    for (LargeAppend large : batch.getLargeList()) {
      awaitLarge(batch.getFromStoreId(), large); // after what was sent before it
    }
    return more;
  }

  private void awaitLarge(long fromStoreId, LargeAppend large) {
    LocalPeer peer = peers.get(large.getRegionId(), large.getToPeerId());
    if (peer != null
        && peer.node().leaderId() == large.getFromPeerId()
        && peer.envelopes().storeOf(large.getFromPeerId()) == fromStoreId
        && large.getBytes() > 0) {
      peer.node().bePatient(large.getBytes());
    }
  }

  private boolean receive(RaftEnvelope envelope) {
    Message message;
    try {
      message =
          RaftCodec.decode(
              envelope.getFromPeer().getId(), envelope.getToPeer().getId(), envelope.getMessage());
    } catch (IllegalArgumentException e) {
      services.metrics.count("raft_messages_malformed_total", 1);
      log.warn("region {}: message dropped: {}", envelope.getRegionId(), e.getMessage());
      return false;
    }
    receive(envelope, message);
    return !(message instanceof Message.Heartbeat || message instanceof Message.HeartbeatAck);
  }

  private void receive(RaftEnvelope envelope, Message message) {
    LocalPeer peer = peers.get(envelope.getRegionId());
    if (peer != null && message.to() > peer.peerId()) {
      // A newer peer of the Region is expected here, so this one may have been removed before.
      services.outbox.add(envelope.getFromPeer().getStoreId(), digest(peer, message.from()));
      return;
    }
    if (peer == null) {
      peer = create(envelope, message);
    }
    if (peer == null || peer.peerId() != message.to() || isElsewhere(peer, envelope)) {
      return;
    }
    if (tellIfRemoved(peer, envelope)) {
      return;
    }
    peer.envelopes().heardFrom(envelope.getFromPeer(), envelope.getEpoch());
    if (services.entryMemory.isFull() && hasEntries(message)) {
      services.metrics.count("raft_appends_dropped_total", 1); // its leader sends them again
      return;
    }
    peer.step(message);
  }

  private static boolean hasEntries(Message message) {
    return message instanceof Message.AppendEntries append && !append.entries().isEmpty();
  }

  /** Whether the sender is a member that is on another store than the one which sent this. */
  private static boolean isElsewhere(LocalPeer peer, RaftEnvelope envelope) {
    long storeId = peer.envelopes().storeOfMember(envelope.getFromPeer().getId());
    return storeId != 0 && storeId != envelope.getFromPeer().getStoreId();
  }

  /** The peer that a received snapshot is for; made if there is none. Null if it is not wanted. */
  @Nullable LocalPeer forSnapshot(RaftEnvelope envelope) {
    LocalPeer peer = peers.get(envelope.getRegionId());
    if (peer == null) {
      peer =
          create(
              envelope,
              RaftCodec.decode(
                  envelope.getFromPeer().getId(),
                  envelope.getToPeer().getId(),
                  envelope.getMessage()));
    }
    if (peer == null || peer.peerId() != envelope.getToPeer().getId()) {
      return null;
    }
    peer.envelopes().heardFrom(envelope.getFromPeer(), envelope.getEpoch());
    return peer;
  }

  private @Nullable LocalPeer create(RaftEnvelope envelope, Message message) {
    long regionId = envelope.getRegionId();
    if (!EnvelopeMaker.mayCreate(message)
        || envelope.getToPeer().getStoreId() != services.identity.storeId()
        || message.to() <= 0
        || message.from() <= 0
        || envelope.getEpoch().getVersion() == 0) {
      return null;
    }
    Tombstone tombstone = services.log.tombstone(regionId);
    if (tombstone != null && message.to() <= tombstone.peerId()) {
      services.metrics.count("raft_messages_to_tombstones_total", 1);
      return null;
    }
    KeyRange range = range(envelope);
    if (peers.isLeaving(regionId, range)
        || !services.regions.overlapping(range).isEmpty()
        || services.claims.isClaimedByOther(regionId, range)) {
      // Another Region of this store holds these keys or is to get them: it has yet to be split or
      // removed.
      services.metrics.count("raft_messages_overlapping_total", 1);
      return null;
    }
    LocalPeer peer = LocalPeer.blank(services, surroundings, regionId, message.to(), null);
    peers.add(peer);
    log.info("{} created by a message of peer {}", peer, message.from());
    services.metrics.count("peers_created_total", 1);
    return peer;
  }

  static KeyRange range(RaftEnvelope envelope) {
    Bytes start = ProtoBytes.toBytes(envelope.getStartKey());
    return new KeyRange(start, ProtoBytes.toBytes(envelope.getEndKey()));
  }

  /** Whether the sender is no member any more, by a membership newer than the one that it knows. */
  private boolean tellIfRemoved(LocalPeer peer, RaftEnvelope envelope) {
    return tellIfRemoved(
        peer,
        envelope.getFromPeer().getStoreId(),
        envelope.getFromPeer().getId(),
        envelope.getEpoch().getConfVer());
  }

  private boolean tellIfRemoved(LocalPeer peer, long storeId, long otherPeerId, long confVer) {
    Region region = peer.region();
    if (region == null
        || storeId == services.identity.storeId()
        || !Removal.isShownBy(region, otherPeerId, storeId, confVer)) {
      return false;
    }
    services.outbox.add(
        storeId,
        PeerRemoved.newBuilder()
            .setRegionId(region.id())
            .setPeerId(otherPeerId)
            .setRegion(ProtoRegions.toProto(region))
            .build());
    return true;
  }

  private void learnOfRemoval(long fromStoreId, PeerRemoved removed) {
    LocalPeer peer = peers.get(removed.getRegionId(), removed.getPeerId());
    if (peer == null) {
      return;
    }
    Region shown;
    try {
      shown = ProtoRegions.fromProto(removed.getRegion());
    } catch (IllegalArgumentException e) {
      services.metrics.count("raft_messages_malformed_total", 1);
      log.warn("{}: told of its removal in a way that makes no sense: {}", peer, e.getMessage());
      return;
    }
    if (shown.id() == peer.regionId()
        && shown.peerOnStore(fromStoreId) != null
        && Removal.isShownBy(
            shown,
            peer.peerId(),
            services.identity.storeId(),
            peer.envelopes().epoch().getConfVer())) {
      destroy(peer, shown.epoch());
    } else {
      services.metrics.count("peer_removals_not_believed_total", 1);
    }
  }

  private void destroy(LocalPeer peer, RegionEpoch epoch) {
    if (peer.isReplacing()) {
      return; // a snapshot is going in; it will be told again
    }
    log.info("{} destroyed: removed by epoch {}", peer, epoch);
    peers.destroy(peer, epoch, "the peer was removed from its region");
  }

  /** Compares what another store says of a Region with what is here. */
  private void compare(long fromStoreId, PeerDigest digest) {
    LocalPeer peer = peers.get(digest.getRegionId());
    if (peer != null) {
      tellIfRemoved(peer, fromStoreId, digest.getFromPeerId(), digest.getEpoch().getConfVer());
    }
  }

  /** What this store says of {@code peer}, so that it hears if it has been removed. */
  static PeerDigest digest(LocalPeer peer, long toPeerId) {
    return PeerDigest.newBuilder()
        .setRegionId(peer.regionId())
        .setFromPeerId(peer.peerId())
        .setToPeerId(toPeerId)
        .setEpoch(peer.envelopes().epoch())
        .setTerm(peer.node().term())
        .build();
  }
}
