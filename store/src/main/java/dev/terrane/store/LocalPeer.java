package dev.terrane.store;

import dev.terrane.common.Bytes;
import dev.terrane.common.Invariant;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionError;
import dev.terrane.proto.terranepb.BlankPeer;
import dev.terrane.raft.ConfChange;
import dev.terrane.raft.EntriesRequest;
import dev.terrane.raft.Entry;
import dev.terrane.raft.HardState;
import dev.terrane.raft.InitialState;
import dev.terrane.raft.Lease;
import dev.terrane.raft.Message;
import dev.terrane.raft.ProposeResult;
import dev.terrane.raft.RawNode;
import dev.terrane.raft.ReadOutcome;
import dev.terrane.raft.Ready;
import dev.terrane.raft.RoleKind;
import dev.terrane.raft.Snapshot;
import dev.terrane.raft.SnapshotRequest;
import dev.terrane.store.wire.AppliedPosition;
import dev.terrane.store.wire.Records;
import dev.terrane.store.wire.RegionKeys;
import dev.terrane.txn.DecisionStamp;
import dev.terrane.txn.ReadMode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * This store's peer of one Region: Raft's node, and what a store must do around it.
 *
 * <p>Whatever comes in marks the peer dirty; at the end of the cycle {@link #collect} takes Raft's
 * Readies and hands their parts to those who act on them. While a snapshot waits for the barrier
 * that must precede it, no Ready is taken.
 *
 * <p>Confined to the store loop; {@link #view} is what others see.
 */
final class LocalPeer {
  /** So many Readies are taken in one cycle; with more to come the peer stays dirty. */
  private static final int READIES_PER_CYCLE_MAX = 8;

  /** What happens beyond the peer itself. */
  interface Surroundings {
    /** A Ready replaces this peer's log and data by a snapshot that was received. */
    void installSnapshot(LocalPeer peer, Ready ready, Snapshot snapshot);

    void sendSnapshot(LocalPeer peer, SnapshotRequest request);

    /** Another peer needs entries that only the disk has. */
    void readEntries(LocalPeer peer, EntriesRequest request);

    /** The peer began or ceased to lead, or its term changed. */
    void leadershipChanged(LocalPeer peer);

    /** A membership change has been applied. */
    void regionChanged(LocalPeer peer);

    /** The last membership change took this peer out of its Region. */
    void removed(LocalPeer peer);
  }

  private final LoopServices services;
  private final Surroundings surroundings;
  private final PeerView view;
  private final RawNode node;
  private final EnvelopeMaker envelopes;
  private final ProposalQueue proposals = new ProposalQueue();
  private final ReadQueue reads = new ReadQueue();
  private final Lease lease;
  private final PeerTraffic traffic = new PeerTraffic();
  private final PeerHealth health = new PeerHealth();
  private final PeerReporting reporting;
  private @Nullable Region region;
  private AppliedPosition applied;
  private RoleKind role = RoleKind.FOLLOWER;
  private long term;

  /** A commit index that is not worth a sync of its own. */
  private @Nullable HardState unsynced;

  /** Bytes appended since the janitor was told. */
  private long grownBytes;

  private boolean blankRecorded;
  private boolean dirty;
  private int wheelSlot = TickWheel.NONE;
  private boolean waitsForBarrier;
  private boolean snapshotPromised;
  private boolean closed;

  private LocalPeer(
      LoopServices services,
      Surroundings surroundings,
      PeerView view,
      @Nullable Region region,
      AppliedPosition applied,
      InitialState initial) {
    this.services = services;
    this.surroundings = surroundings;
    this.view = view;
    this.region = region;
    this.applied = applied;
    this.envelopes = new EnvelopeMaker(view.regionId(), services.identity.storeId(), view.peerId());
    this.lease = new Lease(services.config.leaseNanos());
    this.node =
        new RawNode(
            services.config.raft(),
            view.peerId(),
            initial,
            new PeerLog(services.log, view.regionId()),
            services.random);
    this.reporting = new PeerReporting(services.nowNanos());
    if (region != null) {
      envelopes.region(region);
      services.outbox.prepare(region);
    }
  }

  /** A peer with data, as it was when the store stopped, or a Region's first peer. */
  static LocalPeer restored(
      LoopServices services,
      Surroundings surroundings,
      Region region,
      long peerId,
      AppliedPosition applied,
      @Nullable HardState hardState) {
    PeerView view = new PeerView(region.id(), peerId);
    view.region(region);
    view.applied(applied.index());
    view.readable();
    LocalPeer peer =
        new LocalPeer(
            services,
            surroundings,
            view,
            region,
            applied,
            new InitialState(
                hardState == null ? HardState.EMPTY : hardState,
                Memberships.of(region),
                applied.index(),
                hardState != null));
    services.applier.submit(new ApplyTask.Open(region.id(), peerId, region, applied));
    peer.publish();
    return peer;
  }

  /**
   * A peer without data, made because another peer of the Region sent it a message; or read back,
   * with the hard state that it had stored.
   */
  static LocalPeer blank(
      LoopServices services,
      Surroundings surroundings,
      long regionId,
      long peerId,
      @Nullable HardState hardState) {
    LocalPeer peer =
        new LocalPeer(
            services,
            surroundings,
            new PeerView(regionId, peerId),
            null,
            AppliedPosition.NONE,
            hardState == null
                ? InitialState.BLANK
                : new InitialState(hardState, InitialState.BLANK.membership(), 0, true));
    peer.blankRecorded = hardState != null;
    return peer;
  }

  // ---- what it is

  long regionId() {
    return view.regionId();
  }

  long peerId() {
    return view.peerId();
  }

  PeerView view() {
    return view;
  }

  RawNode node() {
    return node;
  }

  EnvelopeMaker envelopes() {
    return envelopes;
  }

  PeerTraffic traffic() {
    return traffic;
  }

  PeerHealth health() {
    return health;
  }

  PeerReporting reporting() {
    return reporting;
  }

  /** Null while it has no data. */
  @Nullable Region region() {
    return region;
  }

  AppliedPosition applied() {
    return applied;
  }

  /** Its place on the {@link TickWheel}, which alone changes that. */
  int wheelSlot() {
    return wheelSlot;
  }

  void wheelSlot(int slot) {
    wheelSlot = slot;
  }

  boolean leads() {
    return role == RoleKind.LEADER;
  }

  boolean closed() {
    return closed;
  }

  /**
   * Whether this leader has applied an entry of its own term: then it knows all that is committed.
   */
  boolean leadsWithOwnEntry() {
    return leads() && applied.term() == term;
  }

  // ---- what comes in

  void step(Message message) {
    node.step(message);
    markDirty();
  }

  /**
   * Lets one tick interval pass.
   *
   * @param number of the tick, by which all peers of the store let their heartbeats coincide
   */
  void tick(long number) {
    node.tick();
    if (number % services.config.raft().heartbeatTicks() == 0) {
      node.heartbeat();
    }
    if (node.hasReady()) {
      markDirty();
    }
  }

  /** Leaves nothing to collect: under overload that would be one more turn for every peer. */
  void paused() {
    node.paused();
  }

  /** Takes in a write, or refuses it. */
  void propose(Proposal proposal) {
    RegionError error = refusal(proposal);
    if (error != null) {
      proposal.refused(error);
      return;
    }
    proposals.gather(proposal, node, services.nowNanos(), this::notProposed);
    markDirty();
  }

  private @Nullable RegionError refusal(Proposal proposal) {
    Region now = region;
    if (closed || now == null || proposal.peerId() != peerId()) {
      return new RegionError.RegionNotFound(regionId());
    }
    if (node.role() != RoleKind.LEADER) {
      return notLeader();
    }
    if (proposal.epochVersion() != now.epoch().version()) {
      return new RegionError.EpochNotMatch(List.of(now));
    }
    DecisionStamp stamp = proposal.decidedOn();
    if (stamp != null) {
      if (stamp.term() != node.term() || stamp.peerId() != peerId()) {
        return new RegionError.StaleCommand();
      }
      if (!stamp.epoch().equals(now.epoch())) {
        return new RegionError.EpochNotMatch(List.of(now));
      }
    }
    return null;
  }

  private RegionError notProposed(ProposeResult.Refused refused) {
    return switch (refused.reason()) {
      case NOT_LEADER -> notLeader();
      case UNCOMMITTED_FULL ->
          new RegionError.ServerIsBusy(
              "region " + regionId() + " has too much that is not committed", Busy.BACKOFF);
      case TRANSFERRING ->
          new RegionError.ServerIsBusy(
              "region " + regionId() + " is handing its leadership over", Busy.BACKOFF);
      case CONF_CHANGE_PENDING, CONF_CHANGE_INVALID -> new RegionError.Other(refused.detail());
    };
  }

  private RegionError notLeader() {
    return new RegionError.NotLeader(regionId(), leader());
  }

  /** Who leads, if it is known and a member. */
  @Nullable Peer leader() {
    Region now = region;
    return now == null || node.leaderId() == 0 ? null : now.peer(node.leaderId());
  }

  ProposeResult proposeConfChange(ConfChange change) {
    proposals.flush(node, services.nowNanos(), this::notProposed);
    ProposeResult result = node.proposeConfChange(change);
    markDirty();
    return result;
  }

  void transferLeader(long target) {
    node.transferLeader(target);
    markDirty();
  }

  /** Takes in a read that needs a ReadIndex. It was checked when it came, and is again later. */
  void read(ReadRequest read) {
    RegionError error = readRefusal(read);
    if (error != null) {
      read.refused(error);
      return;
    }
    reads.gather(read, services.nowNanos());
    markDirty();
  }

  private @Nullable RegionError readRefusal(ReadRequest read) {
    boolean leaderOnly = read.mode() == ReadMode.LEADER;
    if (leaderOnly && node.role() != RoleKind.LEADER) {
      return notLeader();
    }
    return RequestChecks.check(view, read.context(), read.keys(), leaderOnly);
  }

  /** The applier has got further. */
  void applied(AppliedRegion report) {
    applied = new AppliedPosition(report.index(), report.term());
    traffic.written(report.bytesWritten(), report.keysWritten());
    AppliedRegion.RegionChange change = report.change();
    if (change != null) {
      node.applyConfChange(change.confChange());
      changeRegion(change.region());
    }
    node.applied(report.index());
    view.applied(report.index());
    reads.release(report.index(), this::answer);
    markDirty();
    if (change != null) {
      Region now = change.region();
      if (now.peer(peerId()) == null) {
        surroundings.removed(this);
      } else {
        surroundings.regionChanged(this);
      }
    }
  }

  private void changeRegion(Region newRegion) {
    Invariant.check(
        newRegion.id() == regionId(), "region %d in peer of %d", newRegion.id(), regionId());
    region = newRegion;
    envelopes.region(newRegion);
    services.outbox.prepare(newRegion);
    services.regions.update(view, newRegion);
  }

  private void answer(ReadRequest read) {
    RegionError error = readRefusal(read);
    if (error != null) {
      read.refused(error);
      return;
    }
    Region now = region;
    if (now == null) {
      throw Invariant.violated("region %d is readable without data", regionId());
    }
    read.ready(new LocalReader(services.engine, view, now, node.term()));
  }

  /** Lets go of what has waited too long. */
  void expire() {
    long nowNanos = services.nowNanos();
    proposals.expire(
        leads() ? term : 0, nowNanos - services.config.intervals().undeterminedAfter().toNanos());
    reads.expire(
        nowNanos - services.config.intervals().readTimeout().toNanos(),
        new RegionError.ReadIndexNotReady(regionId(), "no quorum has confirmed it in time"));
  }

  // ---- the end of a cycle

  /** Puts this in line for {@link #collect}. */
  void markDirty() {
    if (!dirty && !closed) {
      dirty = true;
      services.dirty.add(this);
    }
  }

  /** Takes Raft's Readies, as the peer's turn in a cycle. Still dirty if there are more. */
  void collect() {
    dirty = false;
    if (closed) {
      return;
    }
    if (node.role() != RoleKind.LEADER || node.term() != term) {
      lease.drop(); // before the first round of a new term is noted
    }
    proposals.flush(node, services.nowNanos(), this::notProposed);
    if (reads.hasGathered()) {
      reads.flush(node, readNotAsked());
    }
    int taken = 0;
    while (!waitsForBarrier && node.hasReady()) {
      if (++taken > READIES_PER_CYCLE_MAX) {
        markDirty();
        break;
      }
      handle(node.ready());
    }
    publish();
  }

  private RegionError readNotAsked() {
    return node.role() == RoleKind.LEADER
        ? new RegionError.ServerIsBusy("too many reads wait for a quorum", Busy.BACKOFF)
        : new RegionError.ReadIndexNotReady(regionId(), "no leader is known");
  }

  private void handle(Ready ready) {
    if (ready.roundStarted() != 0) {
      lease.roundStarted(ready.roundStarted(), services.nowNanos());
    }
    if (node.leaseRevoked()) {
      view.lease().revoke(); // before anything leaves by which somebody else may come to serve
    }
    send(ready.messages());
    Snapshot snapshot = ready.snapshot();
    if (snapshot != null) {
      waitsForBarrier = true;
      surroundings.installSnapshot(this, ready, snapshot);
    } else {
      persist(ready);
    }
    apply(ready.committedEntries());
    for (ReadOutcome outcome : ready.reads()) {
      reads.outcome(
          outcome,
          new RegionError.ReadIndexNotReady(regionId(), "the leader could not confirm it"));
    }
    reads.release(applied.index(), this::answer);
    for (SnapshotRequest request : ready.snapshotRequests()) {
      surroundings.sendSnapshot(this, request);
    }
    for (EntriesRequest request : ready.entriesRequests()) {
      surroundings.readEntries(this, request);
    }
  }

  /** Adds what a Ready without snapshot wants durable to the cycle's batch. */
  private void persist(Ready ready) {
    HardState hardState = ready.hardState();
    if (!ready.needsSync()) {
      if (hardState != null) {
        unsynced = hardState;
      }
      return;
    }
    LogTask task = services.logTask();
    addHardState(task, hardState);
    if (!ready.entries().isEmpty()) {
      task.batch().append(regionId(), ready.entries());
      grew(ready.entries());
    }
    task.add(this, ready);
  }

  private void grew(List<Entry> entries) {
    for (int i = 0; i < entries.size(); i++) {
      grownBytes += entries.get(i).sizeBytes();
    }
    if (grownBytes >= services.config.log().retainedBytes() / 8) {
      grownBytes = 0;
      services.grownLogs.add(this);
    }
  }

  private void addHardState(LogTask task, @Nullable HardState hardState) {
    HardState newest = hardState != null ? hardState : unsynced;
    if (newest != null) {
      task.batch().hardState(regionId(), newest);
      unsynced = null;
    }
    if (region == null && !blankRecorded) {
      blankRecorded = true;
      task.batch()
          .put(
              RegionKeys.blankPeer(regionId()),
              Records.encode(
                  BlankPeer.newBuilder()
                      .setFormatVersion(Records.FORMAT)
                      .setPeerId(peerId())
                      .build()));
    }
  }

  private void apply(List<Entry> committed) {
    if (committed.isEmpty()) {
      return;
    }
    Invariant.check(region != null, "region %d applies entries without data", regionId());
    List<ProposalQueue.InLog> here = List.of();
    if (!proposals.isEmpty()) {
      here = new ArrayList<>();
      for (Entry entry : committed) {
        ProposalQueue.InLog inLog = proposals.take(entry);
        if (inLog != null) {
          here.add(inLog);
        }
      }
    }
    services.applier.submit(new ApplyTask.Entries(regionId(), committed, here));
  }

  private void send(List<Message> messages) {
    for (Message message : messages) {
      long storeId = envelopes.storeOf(message.to());
      if (storeId != 0) {
        services.outbox.add(storeId, envelopes.make(message));
      }
    }
  }

  /** What {@code ready} wanted durable is durable. */
  void persisted(Ready ready) {
    if (closed) {
      return;
    }
    send(ready.afterPersist());
    node.persisted(ready.number());
    markDirty();
  }

  // ---- snapshots

  /**
   * The barrier before a snapshot has been passed: its promise goes into the cycle's batch,
   * together with the end of the log that it replaces.
   */
  void promiseSnapshot(Ready ready, Snapshot snapshot, Bytes marker) {
    LogTask task = services.logTask();
    task.batch().reset(regionId(), snapshot.meta().index(), snapshot.meta().term());
    addHardState(task, ready.hardState());
    if (!ready.entries().isEmpty()) {
      task.batch().append(regionId(), ready.entries());
    }
    task.batch().put(RegionKeys.snapshotMarker(regionId()), marker);
    task.batch().delete(RegionKeys.blankPeer(regionId()));
    task.add(this, ready);
    waitsForBarrier = false;
    snapshotPromised = true;
    markDirty();
  }

  /** Whether a snapshot is on its way into this peer. */
  boolean isReplacing() {
    return waitsForBarrier || view.dataState() == PeerView.DataState.REPLACING || snapshotPromised;
  }

  /** Nobody reads the data from now on. */
  void fence() {
    view.unreadable(PeerView.DataState.REPLACING);
    proposals.passedBySnapshot(Long.MAX_VALUE);
  }

  /** The snapshot is in the engine, durably. */
  void installed(Region newRegion, AppliedPosition position) {
    snapshotPromised = false;
    changeRegion(newRegion);
    applied = position;
    view.applied(position.index());
    view.readable();
    services.applier.submit(new ApplyTask.Open(regionId(), peerId(), newRegion, position));
    node.applied(position.index());
    reads.release(position.index(), this::answer);
    markDirty();
    surroundings.regionChanged(this);
  }

  // ---- what others see

  /** Shows role, leader and lease to other threads, and tells of changes. */
  private void publish() {
    RoleKind newRole = node.role();
    boolean leadershipChanged =
        (newRole == RoleKind.LEADER) != leads() || (leads() && node.term() != term);
    role = newRole;
    term = node.term();
    view.leadership(term, leads(), leader());
    publishLease();
    if (leadershipChanged) {
      health.reset();
      surroundings.leadershipChanged(this);
    }
  }

  private void publishLease() {
    if (role != RoleKind.LEADER) {
      view.lease().revoke();
      return;
    }
    lease.alone(node.isAlone(), services.nowNanos());
    lease.roundConfirmed(node.confirmedRound());
    if (applied.term() == term && !node.leaseRevoked() && lease.isValidAt(services.nowNanos())) {
      view.lease().grant(term, lease.endNanos());
    } else {
      view.lease().revoke();
    }
  }

  /** The peer ends. Every request that waits is answered. */
  void close(String reason) {
    closed = true;
    lease.drop();
    view.unreadable(PeerView.DataState.DESTROYED);
    RegionError error = new RegionError.RegionNotFound(regionId());
    proposals.close(error, reason);
    reads.close(error);
  }

  @Override
  public String toString() {
    return "peer " + peerId() + " of region " + regionId();
  }
}
