package dev.terrane.store;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionEpoch;
import dev.terrane.engine.log.Tombstone;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.terranepb.PeerDigest;
import dev.terrane.proto.terranepb.PeerRemoved;
import dev.terrane.proto.terranepb.RaftBatch;
import dev.terrane.proto.terranepb.RaftEnvelope;
import dev.terrane.raft.Message;
import dev.terrane.store.wire.RaftCodec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what other stores sent to the peers that it is for: finds the peer, makes one where
 * another store's peer may expect it, and tells peers that have been removed without knowing it.
 *
 * <p>A removal is believed when a member of the Region with a newer membership says so: that
 * membership was committed, and a peer's id never comes back. A tombstone keeps late messages from
 * reviving a peer.
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
        || batch.getToStoreId() != services.identity.storeId()) {
      services.metrics.count("raft_batches_misdirected_total", 1);
      return false;
    }
    boolean more = batch.getRemovedCount() > 0 || batch.getDigestsCount() > 0;
    for (int i = 0; i < batch.getEnvelopesCount(); i++) {
      more |= receive(batch.getEnvelopes(i));
    }
    for (PeerRemoved removed : batch.getRemovedList()) {
      learnOfRemoval(removed);
    }
    for (PeerDigest digest : batch.getDigestsList()) {
      compare(batch.getFromStoreId(), digest);
    }
    return more;
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
      // A newer peer of the Region is expected here: this one was removed before it was added.
      destroy(peer, ProtoRegions.fromProto(envelope.getEpoch()));
      return;
    }
    if (peer == null) {
      peer = create(envelope, message);
    }
    if (peer == null || peer.peerId() != message.to()) {
      return;
    }
    if (tellIfRemoved(peer, envelope)) {
      return;
    }
    peer.envelopes().heardFrom(envelope.getFromPeer(), envelope.getEpoch());
    peer.step(message);
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
    if (peers.isLeaving(regionId, range) || !services.regions.overlapping(range).isEmpty()) {
      // Another Region of this store still holds these keys: it has yet to be split or removed.
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
        || confVer == 0 // it may be newer than this peer's membership
        || region.epoch().confVer() <= confVer
        || region.peer(otherPeerId) != null
        || storeId == services.identity.storeId()) {
      return false;
    }
    services.outbox.add(
        storeId,
        PeerRemoved.newBuilder()
            .setRegionId(region.id())
            .setPeerId(otherPeerId)
            .setEpoch(ProtoRegions.toProto(region.epoch()))
            .build());
    return true;
  }

  private void learnOfRemoval(PeerRemoved removed) {
    LocalPeer peer = peers.get(removed.getRegionId(), removed.getPeerId());
    if (peer == null) {
      return;
    }
    RegionEpoch epoch = ProtoRegions.fromProto(removed.getEpoch());
    if (peer.envelopes().epoch().getConfVer() < epoch.confVer()) {
      destroy(peer, epoch);
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
}
