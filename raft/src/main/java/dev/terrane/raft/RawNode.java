package dev.terrane.raft;

import dev.terrane.common.Bytes;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One peer of one Raft group: messages, ticks and proposals in, {@link Ready} out.
 *
 * <p>Same construction and same calls give the same output: it reads no clock, starts no thread and
 * does no I/O but reading {@link LogStorage}. It is confined to its owner's thread and allocates
 * nothing for a tick that is not due.
 *
 * <p>Every method that changes something may make {@link #hasReady} true.
 */
@SuppressWarnings("DoNotCallSuggester") // the signatures come first; their bodies land next
public final class RawNode {
  public RawNode(
      RaftConfig config,
      long peerId,
      InitialState initial,
      LogStorage storage,
      RandomGenerator random) {
    throw new UnsupportedOperationException("lands next");
  }

  /** Lets one tick interval pass. Does nothing while hibernating. */
  public void tick() {
    throw new UnsupportedOperationException("lands next");
  }

  /** Takes in a message addressed to this peer. Wakes a hibernating peer. */
  public void step(Message message) {
    throw new UnsupportedOperationException("lands next: " + message);
  }

  /** Appends a {@link EntryKind#NORMAL} entry with {@code data} if this peer leads. */
  public ProposeResult propose(Bytes data) {
    throw new UnsupportedOperationException("lands next: " + data);
  }

  /** Appends an {@link EntryKind#ADMIN} entry with {@code data} if this peer leads. */
  public ProposeResult proposeAdmin(Bytes data) {
    throw new UnsupportedOperationException("lands next: " + data);
  }

  /**
   * Appends a membership change if this peer leads, has committed an entry of its own term, and the
   * last change is applied.
   */
  public ProposeResult proposeConfChange(ConfChange change) {
    throw new UnsupportedOperationException("lands next: " + change);
  }

  /**
   * Puts into effect the change of a committed {@link EntryKind#CONF_CHANGE} entry that the
   * application accepts; called while the entry is being applied, before {@link #applied} with its
   * index. A change that the application refuses is passed over by calling only {@code applied}.
   *
   * @return the membership from now on, for the caller to store with the applied index
   */
  public Membership applyConfChange(ConfChange change) {
    throw new UnsupportedOperationException("lands next: " + change);
  }

  /**
   * Asks for an index as of which a read is linearizable; the answer comes as a {@link ReadOutcome}
   * under {@code requestId}. A follower asks its leader, whose caller sees {@code context}. False
   * if it was not asked, because there is no known leader or too many reads wait.
   */
  public boolean readIndex(long requestId, Bytes context) {
    throw new UnsupportedOperationException("lands next: " + requestId + context);
  }

  /**
   * Hands leadership to {@code target}, once it has every entry; given up after an election
   * timeout. A follower passes the wish on to its leader. Proposals are refused meanwhile. False if
   * nothing was begun: no leader known, or {@code target} is no voter or leads already.
   */
  public boolean transferLeader(long target) {
    throw new UnsupportedOperationException("lands next: " + target);
  }

  /**
   * Campaigns now instead of at the election timeout. False if this peer leads, may not lead, has
   * promised its leader or an earlier life not to, or has a committed membership change to apply.
   */
  public boolean campaign() {
    throw new UnsupportedOperationException("lands next");
  }

  /** Whether {@link #ready} has work. Cheap: asked every duty cycle. */
  public boolean hasReady() {
    throw new UnsupportedOperationException("lands next");
  }

  /** The work since the last call; only while {@link #hasReady}. */
  public Ready ready() {
    throw new UnsupportedOperationException("lands next");
  }

  /** Everything that Readies through {@code number} asked to be persisted is durable. */
  public void persisted(long number) {
    throw new UnsupportedOperationException("lands next: " + number);
  }

  /** Everything through {@code index} is applied; or a snapshot of that index is installed. */
  public void applied(long index) {
    throw new UnsupportedOperationException("lands next: " + index);
  }

  /**
   * The message that ships {@code snapshot} to {@code peer}, to be sent after its data; null if it
   * is no longer wanted. The snapshot's index is at least the request's {@code minIndex}.
   */
  public Message.@Nullable InstallSnapshot sendSnapshot(long peer, Snapshot snapshot) {
    throw new UnsupportedOperationException("lands next: " + peer + snapshot);
  }

  /** How the snapshot for {@code peer} ended: shipped, or not made or not shipped. */
  public void reportSnapshot(long peer, boolean shipped) {
    throw new UnsupportedOperationException("lands next: " + peer + shipped);
  }

  /** Messages to {@code peer} were lost: go back to probing it. */
  public void reportUnreachable(long peer) {
    throw new UnsupportedOperationException("lands next: " + peer);
  }

  /**
   * The process stood still for longer than a tick: messages may be old, so this peer grants no
   * vote for one minimum election timeout, and a leader holds no lease until its next round.
   */
  public void paused() {
    throw new UnsupportedOperationException("lands next");
  }

  /**
   * Asks the whole group to sleep. False if this peer does not lead or the group is not at rest.
   * The peer sleeps when {@link #isHibernating} turns true, after every member agreed.
   */
  public boolean hibernate() {
    throw new UnsupportedOperationException("lands next");
  }

  /**
   * Ends hibernation. {@code ticksAsleep}: how many ticks have certainly passed since it began, so
   * that promises to the leader run out as if they had been counted; 0 if unknown.
   */
  public void wake(int ticksAsleep) {
    throw new UnsupportedOperationException("lands next: " + ticksAsleep);
  }

  public boolean isHibernating() {
    throw new UnsupportedOperationException("lands next");
  }

  public RoleKind role() {
    throw new UnsupportedOperationException("lands next");
  }

  public long term() {
    throw new UnsupportedOperationException("lands next");
  }

  /** The leader of {@link #term}, or 0 if unknown. */
  public long leaderId() {
    throw new UnsupportedOperationException("lands next");
  }

  public long committed() {
    throw new UnsupportedOperationException("lands next");
  }

  public long lastIndex() {
    throw new UnsupportedOperationException("lands next");
  }

  public Membership membership() {
    throw new UnsupportedOperationException("lands next");
  }

  /**
   * The last round begun by this leader that a quorum answered; 0 if none, or not the leader.
   * Rounds are numbered across terms and never reused in one life of a peer. See {@link Lease}.
   */
  public long confirmedRound() {
    throw new UnsupportedOperationException("lands next");
  }

  /** Whether this leader told somebody to campaign: then it has no lease while its term lasts. */
  public boolean leaseRevoked() {
    throw new UnsupportedOperationException("lands next");
  }

  /** A picture of this peer; allocates. */
  public Status status() {
    throw new UnsupportedOperationException("lands next");
  }
}
