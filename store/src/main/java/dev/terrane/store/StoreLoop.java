package dev.terrane.store;

import dev.terrane.common.TimeSource;
import dev.terrane.common.agent.Agent;
import dev.terrane.common.agent.Intake;
import dev.terrane.common.agent.Waker;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionError;
import dev.terrane.raft.EntriesRequest;
import dev.terrane.raft.Ready;
import dev.terrane.raft.Snapshot;
import dev.terrane.raft.SnapshotRequest;
import dev.terrane.raft.drive.HandOver;
import dev.terrane.raft.drive.TickWheel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent that runs peers: takes what is in its inbox, reads the clock, lets due peers tick,
 * handles what it took, and at the end of each cycle takes what all dirty peers have to say, so
 * that one log batch and one message per store serve all Regions.
 *
 * <p>Never waits: what needs the disk is done elsewhere and comes back as a message.
 */
final class StoreLoop implements Agent, LocalPeer.Surroundings {
  private static final Logger log = LoggerFactory.getLogger(StoreLoop.class);

  private static final int MESSAGES_PER_CYCLE_MAX = 4096;

  /** Other stores' entries become durable in one log batch, whose size this bounds. */
  private static final long RAFT_BYTES_PER_CYCLE_MAX = 16 << 20;

  private static final long HOUSEKEEPING_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** While nothing comes in but signs of life. */
  private static final long HOUSEKEEPING_AT_REST_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** When more peers were due than are looked at in one go. */
  private static final long HOUSEKEEPING_SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private static final int LOOKS_AT_ONCE_MAX = 512;

  /** So much before its time it is done, if the store is awake for something else. */
  private static final long HOUSEKEEPING_EARLY_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

  private final String name;
  private final LoopServices services;
  private final LoopParts parts;
  private final Intake<StoreMessage> intake;
  private final TickWheel wheel;
  private final PeerTable peers;
  private final MessageRouter router;
  private final SnapshotDesk snapshots;
  private final PdDesk pdDesk;
  private final LogJanitor janitor;
  private final EngineReadings readings;
  private final Consumer<StoreMessage> dispatcher = this::dispatch;

  /** Whether anything else than signs of life has come in this cycle. */
  private boolean stirred;

  /** From when on it is done if the store is awake, and when it wakes for that. */
  private long housekeepingFromNanos;

  private long housekeepingAtNanos;
  private long looks;

  /** Only while the store gives away what it leads. */
  private @Nullable HandOver handOver;

  StoreLoop(String name, LoopServices services, LoopParts parts) {
    this.name = name;
    this.services = services;
    this.parts = parts;
    this.intake =
        new Intake<>(
            services.inbox, MESSAGES_PER_CYCLE_MAX, RAFT_BYTES_PER_CYCLE_MAX, StoreLoop::raftBytes);
    long nowNanos = parts.time().nanoTime();
    services.startCycle(nowNanos);
    Duration tick = services.config.tick();
    this.wheel = new TickWheel(tick.toNanos(), nowNanos, paused -> warnOfPause(paused, tick));
    this.peers = new PeerTable(services, wheel);
    this.router = new MessageRouter(services, this, peers);
    this.snapshots =
        new SnapshotDesk(
            services, peers, router, parts.transport(), parts.snapshotFiles(), nowNanos);
    this.readings = new EngineReadings(services);
    parts.admission().engine(readings.signals());
    this.pdDesk = new PdDesk(services, peers, snapshots, readings, parts);
    this.janitor = new LogJanitor(services, peers, snapshots.sends());
    this.housekeepingFromNanos = nowNanos;
    this.housekeepingAtNanos = nowNanos;
  }

  PeerTable peers() {
    return peers;
  }

  SnapshotDesk snapshots() {
    return snapshots;
  }

  void onMessage(Waker waker) {
    services.inbox.onMessage(waker);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int poll(TimeSource time) {
    long nowNanos = intake.take(time);
    services.startCycle(nowNanos);
    int ticked = wheel.advance(nowNanos); // before what has come is handled
    stirred = false;
    int work = intake.handle(dispatcher);
    if (stirred && housekeepingAtNanos - nowNanos > HOUSEKEEPING_NANOS) {
      keepHouseIn(HOUSEKEEPING_NANOS, 0);
    }
    work += ticked;
    work += snapshots.poll(nowNanos);
    work += housekeeping(nowNanos);
    work += handOver();
    work += collect();
    services.logTasks.submit();
    services.outbox.flush();
    return work;
  }

  private static void warnOfPause(int paused, Duration tick) {
    log.warn("this store got to {} of its peers more than {} late", paused, tick.multipliedBy(3));
  }

  @Override
  public long nextDeadlineNanos() {
    if (!services.dirty.isEmpty()) {
      return services.nowNanos();
    }
    long next = Math.min(wheel.nextDeadlineNanos(NO_DEADLINE), housekeepingAtNanos);
    return Math.min(next, snapshots.nextDeadlineNanos(services.nowNanos()));
  }

  private static long raftBytes(StoreMessage message) {
    return message instanceof StoreMessage.RaftReceived received
        ? received.batch().getSerializedSize()
        : 0;
  }

  private int handOver() {
    HandOver current = handOver;
    if (current == null || !current.proceed()) {
      return 0;
    }
    handOver = null;
    return 1;
  }

  /** Gives every peer that was dirty its turn; what becomes dirty meanwhile waits for the next. */
  private int collect() {
    int turns = services.dirty.size();
    for (int i = 0; i < turns; i++) {
      LocalPeer peer = services.dirty.remove();
      peer.collect();
      peers.tickIfNeeded(peer);
    }
    return turns;
  }

  private void dispatch(StoreMessage message) {
    stirred |= stirs(message);
    switch (message) {
      case Proposal proposal -> {
        LocalPeer peer = peers.get(proposal.regionId());
        if (peer == null) {
          proposal.refused(new RegionError.RegionNotFound(proposal.regionId()));
        } else {
          peer.requests().propose(proposal);
        }
      }
      case ReadRequest read -> {
        LocalPeer peer = peers.get(read.context().regionId());
        if (peer == null) {
          read.refused(new RegionError.RegionNotFound(read.context().regionId()));
        } else {
          peer.requests().read(read);
        }
      }
      case StoreMessage.RaftReceived received -> {
        parts.raftBacklog().remove(raftBytes(received));
        stirred |= router.receive(received.batch());
        received.taken().run();
      }
      case StoreMessage.Persisted persisted -> {
        services.logTasks.persisted();
        for (LogTask.Waiting waiting : persisted.task().waiting()) {
          waiting.peer().persisted(waiting.ready());
        }
        persisted.task().afterwards().forEach(Runnable::run);
      }
      case StoreMessage.Applied applied -> {
        for (AppliedRegion region : applied.regions()) {
          LocalPeer peer = peers.get(region.regionId(), region.peerId());
          if (peer != null) {
            peer.applied(region);
          }
        }
      }
      case StoreMessage.ApplierClosed closed -> {
        snapshots.applierClosed(closed);
        peers.applierClosed(closed);
      }
      case StoreMessage.Instructed instructed -> pdDesk.instructed(instructed.instruction());
      case StoreMessage.EngineRead read -> {
        readings.answered(read.reading());
        judgeEngine();
      }
      case StoreMessage.EngineNotRead _ -> readings.notAnswered();
      case StoreMessage.Resume resume -> resume.next().run();
    }
  }

  /** Whether somebody wants something; what other stores sent, the router knows. */
  private static boolean stirs(StoreMessage message) {
    return !(message instanceof StoreMessage.RaftReceived
        || message instanceof StoreMessage.EngineRead
        || message instanceof StoreMessage.EngineNotRead);
  }

  private void judgeEngine() {
    parts.admission().engine(readings.signals());
    if (parts.admission().refusesWrites() != null
        && housekeepingAtNanos - services.nowNanos() > HOUSEKEEPING_NANOS) {
      keepHouseIn(HOUSEKEEPING_NANOS, 0); // so that clients hear soon that it is over
    }
  }

  private int housekeeping(long nowNanos) {
    if (nowNanos - housekeepingFromNanos < 0) {
      return 0;
    }
    readings.ask();
    if (parts.admission().refusesWrites() == null) {
      keepHouseIn(HOUSEKEEPING_AT_REST_NANOS, HOUSEKEEPING_EARLY_NANOS);
    } else {
      keepHouseIn(HOUSEKEEPING_NANOS, 0);
    }
    looks += services.expiries.handle(nowNanos, LOOKS_AT_ONCE_MAX, this::expire);
    services.retryWhatFoundNoRoom();
    looks += pdDesk.poll(nowNanos);
    janitor.tidy(parts.admission().isDiskShort());
    looks += peers.digests().handle(nowNanos, LOOKS_AT_ONCE_MAX, this::sendDigests);
    report();
    if (services.expiries.isDue(nowNanos)
        || pdDesk.hasMore(nowNanos)
        || peers.digests().isDue(nowNanos)) {
      keepHouseIn(HOUSEKEEPING_SLICE_NANOS, 0);
    }
    return 1;
  }

  private void expire(LocalPeer peer) {
    if (peer.requests().expire()) {
      services.expiries.due(peer, services.nowNanos() + HOUSEKEEPING_NANOS);
    }
  }

  /** How often the housekeeping has looked at a peer. */
  long looks() {
    return looks;
  }

  private void keepHouseIn(long nanos, long earlyNanos) {
    housekeepingAtNanos = services.nowNanos() + nanos;
    housekeepingFromNanos = housekeepingAtNanos - earlyNanos;
  }

  /**
   * Tells the stores that have peers of the same Region which is here, so that a peer that was
   * removed without hearing of it does.
   */
  private void sendDigests(LocalPeer peer) {
    peers.digests().due(peer, services.nowNanos() + services.config.intervals().digest().toNanos());
    Region region = peer.region();
    if (region == null) {
      peer.envelopes().strangers().forEach(s -> sendDigest(peer, s.getId(), s.getStoreId()));
      return;
    }
    for (var other : region.peers()) {
      if (other.id() != peer.peerId()) {
        sendDigest(peer, other.id(), other.storeId());
      }
    }
  }

  private void sendDigest(LocalPeer peer, long toPeerId, long toStoreId) {
    services.outbox.add(toStoreId, MessageRouter.digest(peer, toPeerId));
  }

  private void report() {
    MetricsSink metrics = services.metrics;
    metrics.gauge("regions", services.regions.size());
    metrics.gauge("region_leaders", services.leading);
    metrics.gauge("store_loop_inbox_messages", services.inbox.size());
    metrics.gauge("admitted_requests", parts.admission().credits().requests());
    metrics.gauge("entries_applying", services.entryMemory.applyingEntries());
    metrics.gauge("entries_applying_bytes", services.entryMemory.applyingBytes());
    metrics.gauge("entries_kept_bytes", services.entryMemory.keptBytes());
    metrics.gauge("admitted_bytes", parts.admission().credits().bytes());
  }

  /** Hands leadership of every Region to another peer, as far as there is one; the store stops. */
  void leadNoMore(Runnable whenOver) {
    handOver = new HandOver(peers::driven, whenOver);
  }

  /** The store stops: what waits is answered, and nothing is taken in any more. */
  void shutDown() {
    intake.handleAll(dispatcher);
    snapshots.shutDown();
    for (LocalPeer peer : List.copyOf(peers.all())) {
      peer.close("the store stops");
    }
  }

  // ---- what peers ask for

  @Override
  public void installSnapshot(LocalPeer peer, Ready ready, Snapshot snapshot) {
    snapshots.install(peer, ready, snapshot);
  }

  @Override
  public void sendSnapshot(LocalPeer peer, SnapshotRequest request) {
    snapshots.sends().send(peer, request);
  }

  @Override
  public void readEntries(LocalPeer peer, EntriesRequest request) {
    EntriesReading.start(services, peer, request);
  }

  @Override
  public void leadershipChanged(LocalPeer peer) {
    log.info("{}: {} of term {}", peer, peer.node().role(), peer.node().term());
    pdDesk.changed(peer);
  }

  @Override
  public void regionChanged(LocalPeer peer) {
    pdDesk.changed(peer);
  }

  @Override
  public void removed(LocalPeer peer) {
    Region region = peer.region();
    if (region != null) {
      log.info("{} destroyed: it was removed", peer);
      peers.destroy(peer, region.epoch(), "the peer was removed from its region");
    }
  }
}
