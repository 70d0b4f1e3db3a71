package dev.terrane.store;

import dev.terrane.common.agent.Agent;
import dev.terrane.raft.SnapshotRequest;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshots that leave: which are asked for, which are offered, which are on their way.
 *
 * <p>Each store is offered one at a time, so that a store which gives no permit holds up nobody
 * else's; while enough are on their way, none is offered. So at most twice as many as are meant to
 * be sent at a time are, when several permits come at once.
 *
 * <p>Confined to the store loop.
 */
final class SnapshotSends implements SnapshotSend.Owner {
  private static final Logger log = LoggerFactory.getLogger(SnapshotSends.class);

  private record SendKey(long regionId, long peerId) {
    static SendKey of(SnapshotSend send) {
      return new SendKey(send.peer().regionId(), send.toPeerId());
    }
  }

  private final LoopServices services;
  private final StoreTransport transport;
  private final SnapshotRate rate;

  /** Offered, or permitted and on their way. */
  private final Map<SendKey, SnapshotSend> under = new LinkedHashMap<>();

  private final Map<SendKey, SnapshotSend> queued = new LinkedHashMap<>();

  SnapshotSends(LoopServices services, StoreTransport transport, long nowNanos) {
    this.services = services;
    this.transport = transport;
    this.rate = new SnapshotRate(services.config.snapshots().bytesPerSecond(), nowNanos);
  }

  /** How many are on their way. */
  int sending() {
    int sending = 0;
    for (SnapshotSend send : under.values()) {
      if (!send.isOffered()) {
        sending++;
      }
    }
    return sending;
  }

  /** Raft asks for a snapshot; what it asked for before is not wanted any more. */
  void send(LocalPeer peer, SnapshotRequest request) {
    SendKey key = new SendKey(peer.regionId(), request.peerId());
    queued.remove(key);
    SnapshotSend before = under.remove(key);
    if (before != null) {
      before.giveUp("another is asked for");
    }
    long toStoreId = peer.envelopes().storeOf(request.peerId());
    if (toStoreId == 0) {
      peer.node().reportSnapshot(request.peerId(), false);
      peer.markDirty();
      return;
    }
    queued.put(
        key, new SnapshotSend(services, this, transport, rate, peer, request.peerId(), toStoreId));
    startQueued();
  }

  private void startQueued() {
    int atOnce = services.config.snapshots().atOnce();
    Iterator<SnapshotSend> next = queued.values().iterator();
    while (next.hasNext() && under.size() < 2 * atOnce && sending() < atOnce) {
      SnapshotSend send = next.next();
      if (!send.isWanted()) {
        next.remove();
      } else if (!isAsked(send.toStoreId())) {
        next.remove();
        under.put(SendKey.of(send), send);
        send.start();
      }
    }
  }

  private boolean isAsked(long storeId) {
    for (SnapshotSend send : under.values()) {
      if (send.isOffered() && send.toStoreId() == storeId) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void ended(SnapshotSend send, boolean shipped, String reason) {
    LocalPeer peer = send.peer();
    services.metrics.count(shipped ? "snapshots_sent_total" : "snapshots_not_sent_total", 1);
    if (!shipped) {
      log.info("{} not sent: {}", send, reason);
    }
    if (!under.remove(SendKey.of(send), send)) {
      return; // another has taken its place, of which Raft will hear
    }
    if (!peer.closed() && send.isWanted()) {
      peer.node().reportSnapshot(send.toPeerId(), shipped);
      peer.markDirty();
    }
    startQueued();
  }

  /** Ends what is being sent of a Region, so that its log can be released. */
  void giveUp(LocalPeer peer, String reason) {
    for (SnapshotSend send : List.copyOf(under.values())) {
      if (send.peer() == peer && !send.isOffered()) {
        send.giveUp(reason);
      }
    }
  }

  /** Sends what the rate now allows, and gives up what does not move. Returns the work done. */
  int poll(long nowNanos) {
    int work = 0;
    if (!under.isEmpty()) {
      for (SnapshotSend send : List.copyOf(under.values())) {
        if (send.nextDeadlineNanos(nowNanos) <= nowNanos) {
          send.pump();
          work++;
        }
        send.expire(nowNanos);
      }
    }
    return work;
  }

  long nextDeadlineNanos(long nowNanos) {
    long next = Agent.NO_DEADLINE;
    for (SnapshotSend send : under.values()) {
      next = Math.min(next, send.nextDeadlineNanos(nowNanos));
    }
    return next;
  }

  /** The store stops. */
  void shutDown() {
    queued.clear();
    for (SnapshotSend send : List.copyOf(under.values())) {
      send.giveUp("the store stops");
    }
  }
}
