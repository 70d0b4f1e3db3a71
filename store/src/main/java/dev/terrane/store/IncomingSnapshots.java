package dev.terrane.store;

import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Region;
import dev.terrane.engine.log.Tombstone;
import dev.terrane.proto.terranepb.RaftEnvelope;
import dev.terrane.proto.terranepb.SnapshotOffer;
import dev.terrane.store.wire.Records;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots that other stores offer to this one: which wait, which may come.
 *
 * <p>With its permit an offer gets one of few places, and its Region the claim to its range; what
 * overlaps that is refused from then on. The place is given back when the stream ends, however it
 * does; the claim with it, unless the snapshot was received and goes in: then {@link #goesInNoMore}
 * gives it back. A sender that is permitted and sends nothing is given up; at once if it, or a
 * leader of a later term, offers the Region's snapshot anew.
 *
 * <p>Confined to the store loop.
 */
final class IncomingSnapshots {
  private static final int WAITING_MAX = 256;
  private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(60);

  private record Offered(SnapshotReceive receive, SnapshotOffer offer) {}

  /** A place that is taken. */
  private static final class Coming {
    final SnapshotReceive receive;
    final SnapshotOffer offer;
    int arrived;
    long arrivedAtNanos;

    /** Whether it was given up, and has yet to give back what it holds. */
    boolean ending;

    Coming(Offered offered, long nowNanos) {
      receive = offered.receive;
      offer = offered.offer;
      arrived = receive.arrived();
      arrivedAtNanos = nowNanos;
    }

    long regionId() {
      return offer.getEnvelope().getRegionId();
    }

    /** Once: it may take an I/O thread long to come to it. */
    void giveUp(String reason) {
      ending = true;
      receive.refuse(reason);
    }

    /** Whether {@code newer} shows that this one's sender has given it up, or leads no more. */
    boolean isOutdatedBy(SnapshotOffer newer) {
      long term = offer.getEnvelope().getMessage().getTerm();
      long newTerm = newer.getEnvelope().getMessage().getTerm();
      return newTerm > term
          || (newTerm == term && newer.getFromStoreId() == offer.getFromStoreId());
    }
  }

  private final LoopServices services;
  private final PeerTable peers;
  private final ArrayDeque<Offered> waiting = new ArrayDeque<>();
  private final Map<SnapshotReceive, Coming> coming = new LinkedHashMap<>();

  IncomingSnapshots(LoopServices services, PeerTable peers) {
    this.services = services;
    this.peers = peers;
  }

  int coming() {
    return coming.size();
  }

  void offered(SnapshotReceive receive, SnapshotOffer offer) {
    Coming before = comingOf(offer.getEnvelope().getRegionId());
    boolean anew = before != null && (before.ending || before.isOutdatedBy(offer));
    String refusal = refusal(offer, anew);
    if (refusal == null && waiting.size() >= WAITING_MAX) {
      refusal = "too many snapshots wait to come";
    }
    if (refusal != null) {
      receive.refuse(refusal);
      return;
    }
    if (before != null && !before.ending) {
      before.giveUp("it is offered anew");
    }
    waiting.add(new Offered(receive, offer));
    permitNext();
  }

  private void permitNext() {
    Iterator<Offered> inLine = waiting.iterator();
    while (inLine.hasNext() && coming.size() < services.config.snapshots().atOnce()) {
      Offered next = inLine.next();
      RaftEnvelope envelope = next.offer.getEnvelope();
      Coming before = comingOf(envelope.getRegionId());
      if (before != null && before.ending) {
        continue; // until that has given back what it holds
      }
      String refusal = refusal(next.offer, false); // much may have happened since
      inLine.remove();
      if (refusal != null) {
        next.receive.refuse(refusal);
        continue;
      }
      services.claims.claim(envelope.getRegionId(), MessageRouter.range(envelope));
      coming.put(next.receive, new Coming(next, services.nowNanos()));
      next.receive.permit();
    }
  }

  private @Nullable Coming comingOf(long regionId) {
    for (Coming place : coming.values()) {
      if (place.regionId() == regionId) {
        return place;
      }
    }
    return null;
  }

  /**
   * Why what is offered may not come, as things are; null if it may.
   *
   * @param anew whether the Region's own claim is not in the way, since it is about to end
   */
  private @Nullable String refusal(SnapshotOffer offer, boolean anew) {
    RaftEnvelope envelope = offer.getEnvelope();
    if (offer.getClusterId() != services.identity.clusterId()
        || offer.getToStoreId() != services.identity.storeId()
        || envelope.getToPeer().getStoreId() != services.identity.storeId()) {
      return "this is not the store that it is for";
    }
    if (!services.contacts.isProven(offer.getFromStoreId(), offer.getToIncarnation())
        || envelope.getFromPeer().getStoreId() != offer.getFromStoreId()) {
      return "it has yet to be shown that store %d sends it".formatted(offer.getFromStoreId());
    }
    if (offer.getFormatVersion() != Records.FORMAT) {
      return "format " + offer.getFormatVersion() + " is not known here";
    }
    long regionId = envelope.getRegionId();
    long peerId = envelope.getToPeer().getId();
    KeyRange range = MessageRouter.range(envelope);
    if (regionId <= 0 || peerId <= 0 || range.isEmpty()) {
      return "it makes no sense: region " + regionId + ", peer " + peerId + ", range " + range;
    }
    LocalPeer peer = peers.get(regionId);
    Tombstone tombstone = services.log.tombstone(regionId);
    if (peer != null ? peer.peerId() != peerId : isBuried(tombstone, peerId)) {
      return "the peer is not here and must not be";
    }
    if ((peer != null && peer.isReplacing()) || peers.isLeaving(regionId, range)) {
      return "another snapshot is going in";
    }
    Long claimed = services.claims.inTheWay(regionId, range);
    if (claimed != null && !(anew && claimed == regionId)) {
      return "it overlaps region " + claimed + ", which is coming";
    }
    return overlap(regionId, range);
  }

  private static boolean isBuried(@Nullable Tombstone tombstone, long peerId) {
    return tombstone != null && peerId <= tombstone.peerId();
  }

  /** Which Region with data is in the way, in words. */
  @Nullable String overlap(long regionId, KeyRange range) {
    for (Region other : services.regions.overlapping(range)) {
      if (other.id() != regionId) {
        return "it overlaps region " + other.id();
      }
    }
    return null;
  }

  /** The stream has ended, and nothing has come of it. */
  void failed(SnapshotReceive receive) {
    Coming place = coming.remove(receive);
    if (place != null) {
      services.claims.release(place.regionId());
    } else {
      waiting.removeIf(offered -> offered.receive == receive);
    }
    permitNext();
  }

  /** Everything has come. The place is free; the claim is kept. */
  void received(SnapshotReceive receive) {
    coming.remove(receive);
    permitNext();
  }

  /** What was received is installed, or will not be. */
  void goesInNoMore(long regionId) {
    services.claims.release(regionId);
    permitNext();
  }

  /** Gives up those whose senders are silent. */
  void expire(long nowNanos) {
    List<Coming> silent = new ArrayList<>();
    coming.forEach((receive, place) -> {
      int arrived = receive.arrived();
      if (arrived != place.arrived) {
        place.arrived = arrived;
        place.arrivedAtNanos = nowNanos;
      } else if (!place.ending && nowNanos - place.arrivedAtNanos > SILENT_NANOS) {
        silent.add(place);
      }
    });
    for (Coming place : silent) {
      place.giveUp("nothing came for " + TimeUnit.NANOSECONDS.toSeconds(SILENT_NANOS) + " s");
    }
  }
}
