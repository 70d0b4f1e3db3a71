package dev.terrane.store;

import dev.terrane.common.Bytes;
import dev.terrane.common.Invariant;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.proto.terranepb.BlankPeer;
import dev.terrane.raft.ConfChange;
import dev.terrane.raft.EntriesRequest;
import dev.terrane.raft.Entry;
import dev.terrane.raft.HardState;
import dev.terrane.raft.InitialState;
import dev.terrane.raft.Message;
import dev.terrane.raft.ProposeResult;
import dev.terrane.raft.RawNode;
import dev.terrane.raft.ReadOutcome;
import dev.terrane.raft.Ready;
import dev.terrane.raft.Snapshot;
import dev.terrane.raft.SnapshotRequest;
import dev.terrane.raft.drive.DrivenNode;
import dev.terrane.store.wire.AppliedPosition;
import dev.terrane.store.wire.Records;
import dev.terrane.store.wire.RegionKeys;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * This store's peer of one Region: Raft's node, driven by {@link DrivenNode}, and what a store must
 * do around it. What clients ask of it is in {@link PeerRequests}.
 *
 * <p>Whatever comes in marks the peer dirty; at the end of the cycle {@link #collect} gives it its
 * turn, in which what Raft asks for is handed to those who act on it.
 *
 * <p>Confined to the store loop; {@link #view} is what others see.
 */
final class LocalPeer implements DrivenNode.Owner {
  /** As many as the requests that a store admits. */
  private static final int WRITES_MAX = 1 << 16;

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
  private final DrivenNode driven;
  private final RawNode node;
  private final EnvelopeMaker envelopes;
  private final PeerRequests requests;
  private final PeerTraffic traffic = new PeerTraffic();
  private final PeerHealth health = new PeerHealth();
  private final PeerReporting reporting;
  private @Nullable Region region;
  private AppliedPosition applied;

  /** Bytes appended since the janitor was told. */
  private long grownBytes;

  private boolean blankRecorded;
  private boolean dirty;
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
    this.node =
        new RawNode(
            services.config.raft(),
            view.peerId(),
            initial,
            new PeerLog(services.log, view.regionId()),
            services.random,
            services.entryMemory.of(this));
    this.driven =
        new DrivenNode(
            node, services.config.raft(), services.config.leaseNanos(), WRITES_MAX, this);
    this.requests = new PeerRequests(services, this);
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

  DrivenNode driven() {
    return driven;
  }

  EnvelopeMaker envelopes() {
    return envelopes;
  }

  /** What clients ask of it. */
  PeerRequests requests() {
    return requests;
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

  /** Whether it led at the end of its last turn. */
  boolean leads() {
    return driven.leads();
  }

  boolean closed() {
    return closed;
  }

  // ---- what comes in

  void step(Message message) {
    node.step(message);
    markDirty();
  }

  /** Who leads, if it is known and a member. */
  @Nullable Peer leader() {
    Region now = region;
    return now == null || node.leaderId() == 0 ? null : now.peer(node.leaderId());
  }

  ProposeResult proposeConfChange(ConfChange change) {
    requests.offerWrites();
    ProposeResult result = node.proposeConfChange(change);
    markDirty();
    return result;
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
    driven.applied(report.index(), report.term());
    view.applied(report.index());
    requests.serveThrough(report.index());
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

  // ---- the end of a cycle

  /** Puts this in line for {@link #collect}. */
  void markDirty() {
    if (!dirty && !closed) {
      dirty = true;
      services.dirty.add(this);
    }
  }

  @Override
  public void wantsTurn() {
    markDirty();
  }

  /** The peer's turn in a cycle: offers Raft what was gathered, and does what Raft asks for. */
  void collect() {
    dirty = false;
    if (closed) {
      return;
    }
    requests.offer();
    boolean led = leads();
    long termBefore = driven.term();
    int _ = driven.turn(services.nowNanos());
    publish();
    services.leading += (leads() ? 1 : 0) - (led ? 1 : 0);
    if (leads() != led || (led && driven.term() != termBefore)) {
      health.reset();
      surroundings.leadershipChanged(this);
    }
  }

  @Override
  public void withdrawLease() {
    view.lease().revoke();
  }

  @Override
  public void install(Ready ready, Snapshot snapshot) {
    surroundings.installSnapshot(this, ready, snapshot);
  }

  @Override
  public void answer(List<ReadOutcome> outcomes) {
    requests.answered(outcomes);
  }

  @Override
  public void sendSnapshot(SnapshotRequest request) {
    surroundings.sendSnapshot(this, request);
  }

  @Override
  public void readEntries(EntriesRequest request) {
    surroundings.readEntries(this, request);
  }

  /** Adds what {@code ready} wants durable to the cycle's batch. */
  @Override
  public void persist(Ready ready) {
    LogTask task = services.logTasks.open();
    addHardState(task, ready.hardState());
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
    if (hardState != null) {
      task.batch().hardState(regionId(), hardState);
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

  @Override
  public void apply(List<Entry> committed) {
    Invariant.check(region != null, "region %d applies entries without data", regionId());
    List<ProposalQueue.InLog> here = requests.takeProposed(committed);
    services.applier.submit(new ApplyTask.Entries(regionId(), committed, here));
  }

  @Override
  public void send(List<Message> messages) {
    for (Message message : messages) {
      long storeId = envelopes.storeOf(message.to());
      if (storeId != 0) {
        send(storeId, message);
      }
    }
  }

  private void send(long storeId, Message message) {
    long bytes = message instanceof Message.AppendEntries append ? append.bytes() : 0;
    if (bytes <= services.config.raft().appendBytesMax()) {
      services.outbox.add(storeId, envelopes.make(message), bytes);
    } else {
      node.bePatient(bytes);
      services.outbox.addLarge(storeId, envelopes.make(message), bytes);
    }
  }

  /** What {@code ready} wanted durable is durable. */
  void persisted(Ready ready) {
    if (!closed) {
      driven.persisted(ready);
    }
  }

  // ---- snapshots

  /**
   * The barrier before a snapshot has been passed: its promise goes into the cycle's batch,
   * together with the end of the log that it replaces.
   */
  void promiseSnapshot(Ready ready, Snapshot snapshot, Bytes marker) {
    LogTask task = services.logTasks.open();
    task.batch().reset(regionId(), snapshot.meta().index(), snapshot.meta().term());
    addHardState(task, ready.hardState());
    if (!ready.entries().isEmpty()) {
      task.batch().append(regionId(), ready.entries());
    }
    task.batch().put(RegionKeys.snapshotMarker(regionId()), marker);
    task.batch().delete(RegionKeys.blankPeer(regionId()));
    task.add(this, ready);
    snapshotPromised = true;
    driven.snapshotInLine();
  }

  /** Whether a snapshot is on its way into this peer. */
  boolean isReplacing() {
    return driven.hasSnapshotOutOfLine()
        || view.dataState() == PeerView.DataState.REPLACING
        || snapshotPromised;
  }

  /** Nobody reads the data from now on. */
  void fence() {
    view.unreadable(PeerView.DataState.REPLACING);
    requests.passedBySnapshot();
  }

  /** The snapshot is in the engine, durably. */
  void installed(Region newRegion, AppliedPosition position) {
    snapshotPromised = false;
    changeRegion(newRegion);
    applied = position;
    view.applied(position.index());
    view.readable();
    services.applier.submit(new ApplyTask.Open(regionId(), peerId(), newRegion, position));
    driven.applied(position.index(), position.term());
    requests.serveThrough(position.index());
    surroundings.regionChanged(this);
  }

  // ---- what others see

  /** Shows role, leader and lease to other threads. */
  private void publish() {
    view.leadership(driven.term(), leads(), leader());
    if (driven.hasLeaseAt(services.nowNanos())) {
      view.lease().grant(driven.term(), driven.leaseEndNanos());
    } else {
      view.lease().revoke();
    }
  }

  /** The peer ends. Every request that waits is answered. */
  void close(String reason) {
    if (!closed && leads()) {
      services.leading--;
    }
    closed = true;
    node.close();
    services.entryMemory.forget(this);
    view.unreadable(PeerView.DataState.DESTROYED);
    requests.close(reason);
  }

  @Override
  public String toString() {
    return "peer " + peerId() + " of region " + regionId();
  }
}
