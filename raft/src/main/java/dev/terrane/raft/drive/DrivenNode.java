package dev.terrane.raft.drive;

import static dev.terrane.common.Invariant.check;

import dev.terrane.raft.EntriesRequest;
import dev.terrane.raft.Entry;
import dev.terrane.raft.Lease;
import dev.terrane.raft.Message;
import dev.terrane.raft.RaftConfig;
import dev.terrane.raft.RawNode;
import dev.terrane.raft.ReadOutcome;
import dev.terrane.raft.Ready;
import dev.terrane.raft.RoleKind;
import dev.terrane.raft.Snapshot;
import dev.terrane.raft.SnapshotRequest;
import java.util.List;

/**
 * One {@link RawNode} and its {@link Lease}, driven by these rules, whoever its {@link Owner} is:
 *
 * <ol>
 *   <li>Time is handed in once a cycle, and was read after what the cycle handles was taken. Ticks
 *       that were due by then are counted before that is handled ({@link TickWheel}), so that a
 *       promise which it renews is not shortened by time that had passed before it came.
 *   <li>A lease is dropped before the first round of another term is noted.
 *   <li>A round is noted as begun before its messages leave, at the cycle's time: no later than
 *       they do, however long the cycle stands still in between. That can only shorten the lease.
 *   <li>A lease that is revoked is withdrawn before any message of the same Ready leaves, since by
 *       one of them somebody else may come to serve.
 *   <li>What says that something is durable leaves when it is, and Raft counts it after that.
 *   <li>After a Ready with a snapshot no other is taken until its owner has put it in line for the
 *       disk, where all are made durable in their order.
 *   <li>Readies of one turn, and those that are not durable yet, are bounded.
 * </ol>
 *
 * <p>A lease is valid while this node leads, has applied an entry of its own term, has not given
 * the lease up, and a quorum has answered a round that began a short while ago.
 *
 * <p>Confined to its owner's thread. Allocates nothing by itself.
 */
public final class DrivenNode {
  /** With more to come it asks for another turn. */
  private static final int READIES_PER_TURN_MAX = 8;

  /** Carries out what Raft asks for. Called within {@link #turn}, if nothing else is said. */
  public interface Owner {
    /** The node may have something to say. Called at any time. */
    void wantsTurn();

    /** Nobody may find a lease from now on. For an owner that shows its lease to others. */
    void withdrawLease();

    /** Sends {@code messages}, at once. Called in {@link #persisted}, too. */
    void send(List<Message> messages);

    /**
     * Makes what {@code ready} holds durable, in one synced write after those of earlier Readies,
     * and calls {@link #persisted} then. There is no snapshot in it.
     */
    void persist(Ready ready);

    /**
     * The same for a Ready with a snapshot, which replaces log and data. {@link #snapshotInLine} is
     * called once the write is in its place among the others, and may be from in here.
     */
    void install(Ready ready, Snapshot snapshot);

    /** Applies {@code entries}, at least one, and calls {@link #applied} then. */
    void apply(List<Entry> entries);

    /** Reads, at least one, can go on or never will. */
    void answer(List<ReadOutcome> reads);

    /** Another peer cannot go on without a snapshot. */
    void sendSnapshot(SnapshotRequest request);

    /** Another peer needs entries that only the disk has. */
    void readEntries(EntriesRequest request);
  }

  private final RawNode node;
  private final Lease lease;
  private final int heartbeatTicks;
  private final int writesMax;
  private final Owner owner;

  /** Whether this node led at the end of its last turn, and its term then. */
  private boolean leads;

  private long term;

  /**
   * The term of the last entry that is known here to be applied; 0 for what an earlier life did.
   */
  private long appliedTerm;

  /** Readies that are not durable yet. */
  private int writes;

  private boolean snapshotOutOfLine;

  /** Its place on the {@link TickWheel}, which alone changes that. */
  int wheelSlot = TickWheel.NONE;

  /**
   * @param config that {@code node} was made with
   * @param leaseNanos how long a lease lasts from the start of the round that gives it
   * @param writesMax with so many Readies not yet durable no further one is taken
   */
  public DrivenNode(RawNode node, RaftConfig config, long leaseNanos, int writesMax, Owner owner) {
    this.node = node;
    this.lease = new Lease(leaseNanos);
    this.heartbeatTicks = config.heartbeatTicks();
    this.writesMax = writesMax;
    this.owner = owner;
    this.term = node.term();
  }

  /** For messages, proposals and questions. Whoever changes something sees to a turn. */
  public RawNode node() {
    return node;
  }

  // ---- time

  /**
   * Lets one tick interval pass.
   *
   * @param number of the tick, by which all nodes of a process let their heartbeats coincide
   */
  void tick(long number) {
    node.tick();
    if (number % heartbeatTicks == 0) {
      node.heartbeat();
    }
    if (node.isDue()) {
      owner.wantsTurn(); // in which it is done, after what has come by then is handled
    }
  }

  /**
   * Most of the ticks that were due are left out, see {@link RawNode#paused}. A leader's heartbeat
   * could be among them, and goes with the next tick. Nothing is left here that needs a turn: under
   * overload that would be one more for every node.
   */
  void paused() {
    node.paused();
    node.heartbeat();
  }

  int quietTicks() {
    return node.quietTicks();
  }

  // ---- a turn

  /**
   * Lets the owner carry out what Raft asks for, and looks at the lease. Returns how many Readies
   * that were.
   *
   * @param nowNanos the cycle's time
   */
  public int turn(long nowNanos) {
    if (node.role() != RoleKind.LEADER || node.term() != term) {
      lease.drop();
    }
    int taken = 0;
    while (node.hasReady() && !snapshotOutOfLine && writes < writesMax) {
      if (taken == READIES_PER_TURN_MAX) {
        owner.wantsTurn();
        break;
      }
      taken++;
      handle(node.ready(), nowNanos);
    }
    leads = node.role() == RoleKind.LEADER;
    term = node.term();
    lease.alone(node.isAlone(), nowNanos);
    lease.roundConfirmed(node.confirmedRound());
    return taken;
  }

  private void handle(Ready ready, long nowNanos) {
    if (ready.roundStarted() != 0) {
      lease.roundStarted(ready.roundStarted(), nowNanos);
    }
    if (node.leaseRevoked()) {
      owner.withdrawLease();
    }
    if (!ready.messages().isEmpty()) {
      owner.send(ready.messages());
    }
    if (ready.needsSync()) {
      write(ready);
    }
    if (!ready.committedEntries().isEmpty()) {
      owner.apply(ready.committedEntries());
    }
    if (!ready.reads().isEmpty()) {
      owner.answer(ready.reads());
    }
    for (SnapshotRequest request : ready.snapshotRequests()) {
      owner.sendSnapshot(request);
    }
    for (EntriesRequest request : ready.entriesRequests()) {
      owner.readEntries(request);
    }
  }

  private void write(Ready ready) {
    writes++;
    Snapshot snapshot = ready.snapshot();
    if (snapshot == null) {
      owner.persist(ready);
    } else {
      snapshotOutOfLine = true;
      owner.install(ready, snapshot);
    }
  }

  /** See {@link Owner#install}. */
  public void snapshotInLine() {
    check(snapshotOutOfLine, "peer %d has no snapshot that waits", node.id());
    snapshotOutOfLine = false;
    owner.wantsTurn();
  }

  /** Whether a snapshot has been handed out and is not in line for the disk yet. */
  public boolean hasSnapshotOutOfLine() {
    return snapshotOutOfLine;
  }

  /** What {@code ready} wanted durable is. */
  public void persisted(Ready ready) {
    check(writes > 0, "peer %d has nothing to be made durable", node.id());
    writes--;
    if (!ready.afterPersist().isEmpty()) {
      owner.send(ready.afterPersist());
    }
    node.persisted(ready.number());
    owner.wantsTurn();
  }

  /** Everything through {@code index}, whose term is {@code entryTerm}, is applied or installed. */
  public void applied(long index, long entryTerm) {
    appliedTerm = entryTerm;
    node.applied(index);
    owner.wantsTurn();
  }

  /** Offers leadership to {@code target}; see {@link RawNode#transferLeader}. */
  public boolean transferLeader(long target) {
    boolean begun = node.transferLeader(target);
    owner.wantsTurn();
    return begun;
  }

  // ---- leading

  /** Whether this node led at the end of its last turn. */
  public boolean leads() {
    return leads;
  }

  /** Its term at the end of its last turn. */
  public long term() {
    return term;
  }

  /**
   * Whether this node leads and has applied an entry of its own term: then it knows all that is
   * committed.
   */
  public boolean leadsWithOwnEntry() {
    return node.role() == RoleKind.LEADER && appliedTerm == node.term();
  }

  /**
   * Whether nobody else can lead at {@code nowNanos}, as of now: to be asked again whenever
   * anything has come in.
   */
  public boolean hasLeaseAt(long nowNanos) {
    return leadsWithOwnEntry()
        && node.term() == term // else what is known of the lease is of an older one
        && !node.leaseRevoked()
        && lease.isValidAt(nowNanos);
  }

  /**
   * When the lease ends that {@link #hasLeaseAt} has found; it is to be compared by differences.
   */
  public long leaseEndNanos() {
    return lease.endNanos();
  }

  @Override
  public String toString() {
    return "peer " + node.id();
  }
}
