package dev.terrane.store;

import dev.terrane.common.region.Region;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.metapb.Peer;
import dev.terrane.proto.metapb.RegionEpoch;
import dev.terrane.proto.terranepb.RaftEnvelope;
import dev.terrane.proto.terranepb.RaftMessage;
import dev.terrane.raft.Message;
import dev.terrane.store.wire.RaftCodec;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Addresses one peer's messages. Remembers the other peers of the Region, and those that have
 * written to it, since a peer without data knows its leader only from there.
 *
 * <p>Confined to the store loop.
 */
final class EnvelopeMaker {
  /** Of the peers known from their messages only. */
  private static final int STRANGERS_MAX = 64;

  private final long regionId;
  private final long peerId;
  private final Map<Long, Peer> members = new LinkedHashMap<>();
  private final Map<Long, Peer> strangers = new LinkedHashMap<>();
  private Peer self;
  private RegionEpoch epoch = RegionEpoch.getDefaultInstance();
  private @Nullable Region region;

  EnvelopeMaker(long regionId, long storeId, long peerId) {
    this.regionId = regionId;
    this.peerId = peerId;
    this.self = Peer.newBuilder().setId(peerId).setStoreId(storeId).build();
  }

  void region(Region newRegion) {
    region = newRegion;
    epoch = ProtoRegions.toProto(newRegion.epoch());
    strangers.putAll(members); // the last words to a peer that was removed
    members.clear();
    for (dev.terrane.common.region.Peer peer : newRegion.peers()) {
      Peer proto = ProtoRegions.toProto(peer);
      strangers.remove(peer.id());
      if (peer.id() == peerId) {
        self = proto;
      } else {
        members.put(peer.id(), proto);
      }
    }
    bound();
  }

  /**
   * Notes where a message came from, and how its sender knows the Region. A peer without data
   * speaks by the newest epoch that it heard of: as a member of that membership it was made.
   */
  void heardFrom(Peer peer, RegionEpoch senderEpoch) {
    if (region == null && senderEpoch.getConfVer() > epoch.getConfVer()) {
      epoch = senderEpoch;
    }
    if (!members.containsKey(peer.getId()) && strangers.put(peer.getId(), peer) == null) {
      bound();
    }
  }

  private void bound() {
    var oldest = strangers.entrySet().iterator();
    while (strangers.size() > STRANGERS_MAX) {
      oldest.next();
      oldest.remove();
    }
  }

  /** By which epoch this peer speaks; of zeros while it knows none. */
  RegionEpoch epoch() {
    return epoch;
  }

  /** Peers that are no members as far as is known here, but have written. */
  Collection<Peer> strangers() {
    return strangers.values();
  }

  /** The store of a peer, or 0 if it is not known. */
  long storeOf(long otherPeerId) {
    Peer peer = find(otherPeerId);
    return peer == null ? 0 : peer.getStoreId();
  }

  /** The store of a member, or 0 if it is none as far as is known here. */
  long storeOfMember(long otherPeerId) {
    Peer member = members.get(otherPeerId);
    return member == null ? 0 : member.getStoreId();
  }

  private @Nullable Peer find(long otherPeerId) {
    Peer member = members.get(otherPeerId);
    return member != null ? member : strangers.get(otherPeerId);
  }

  /** {@code message} to a peer whose store is known. */
  RaftEnvelope make(Message message) {
    RaftEnvelope.Builder envelope = to(message.to()).setMessage(RaftCodec.encode(message));
    if (mayCreate(message)) {
      addRange(envelope);
    }
    return envelope.build();
  }

  /**
   * What says of a snapshot whose it would be, by a leader of {@code term}, and for whom, before
   * there is a message of it.
   */
  RaftEnvelope makeOffer(long toPeerId, long term) {
    RaftEnvelope.Builder envelope = to(toPeerId).setMessage(RaftMessage.newBuilder().setTerm(term));
    addRange(envelope);
    return envelope.build();
  }

  private RaftEnvelope.Builder to(long toPeerId) {
    RaftEnvelope.Builder envelope =
        RaftEnvelope.newBuilder().setRegionId(regionId).setFromPeer(self).setEpoch(epoch);
    Peer to = find(toPeerId);
    if (to != null) {
      envelope.setToPeer(to);
    }
    return envelope;
  }

  private void addRange(RaftEnvelope.Builder envelope) {
    Region now = region;
    if (now != null) {
      envelope
          .setStartKey(ProtoBytes.toByteString(now.range().start()))
          .setEndKey(ProtoBytes.toByteString(now.range().end()));
    }
  }

  /** Whether a store without a peer of the Region makes one for such a message. */
  static boolean mayCreate(Message message) {
    return switch (message) {
      case Message.AppendEntries append -> append.entries().isEmpty();
      case Message.Heartbeat _,
          Message.RequestVote _,
          Message.RequestPreVote _,
          Message.InstallSnapshot _ ->
          true;
      default -> false;
    };
  }
}
