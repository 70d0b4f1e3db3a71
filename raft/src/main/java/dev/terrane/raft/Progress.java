package dev.terrane.raft;

import org.jspecify.annotations.Nullable;

/**
 * What a leader knows of one other peer's log.
 *
 * <p>Invariants: {@code match < next}; {@code match} never goes back; entries through {@code match}
 * are durable at the peer and the same as the leader's.
 */
final class Progress {
  private final long peerId;
  private ProgressState state = new ProgressState.Probe();
  private long match;
  private long next;
  private long matchAtLastAck;
  private long sentCommit;
  private long ackedRound;
  private boolean active = true; // a newcomer gets one election timeout to be heard
  private boolean activeBefore;

  /** From the opening of a snapshot for this peer until it has caught up from there. */
  private @Nullable LogHold hold;

  Progress(long peerId, long next) {
    this.peerId = peerId;
    this.next = next;
  }

  long peerId() {
    return peerId;
  }

  ProgressState state() {
    return state;
  }

  long match() {
    return match;
  }

  /** The index of the next entry to send. */
  long next() {
    return next;
  }

  /** The largest commit index the peer has been told, as far as messages arrive. */
  long sentCommit() {
    return sentCommit;
  }

  void commitSent(long commit) {
    sentCommit = Math.max(sentCommit, commit);
  }

  /** The latest heartbeat round after whose beginning the peer still followed. */
  long ackedRound() {
    return ackedRound;
  }

  void ackRound(long round) {
    ackedRound = Math.max(ackedRound, round);
  }

  /** Whether it was heard of since the last {@link #countQuorum}. */
  boolean isActive() {
    return active;
  }

  /** Whether it was heard of since the {@link #countQuorum} before the last. */
  boolean isRecentlyActive() {
    return active || activeBefore;
  }

  void heard() {
    active = true;
  }

  /** The leader has looked who is active, and looks again after an election timeout. */
  void countQuorum() {
    activeBefore = active;
    active = false;
    LogHold held = hold;
    if (held != null && !state.isTransferring() && !held.check(activeBefore)) {
      hold = null;
    }
  }

  /** Through which index the log may be released as far as this peer's snapshot goes. */
  long releasableThrough() {
    LogHold held = hold;
    return held == null ? Long.MAX_VALUE : held.index();
  }

  /** A snapshot is being opened that is of {@code applied} or later. */
  void snapshotOpening(long applied) {
    hold = new LogHold(applied);
  }

  /** The snapshot is of {@code index}. */
  void snapshotOpened(long index) {
    LogHold held = hold;
    if (held == null) {
      held = new LogHold(index);
      hold = held;
    }
    held.opened(index);
  }

  /** The log need not be held: what it was held for has failed, or is not there. */
  void letLogGo() {
    hold = null;
  }

  /** Entries through {@code index} went out in an append. */
  void sentThrough(long index, long bytes, ProgressState.Replicate replicate) {
    next = index + 1;
    replicate.inflights().add(index, bytes);
  }

  /**
   * The peer has everything through {@code index}, the leader through {@code lastIndex}; whether
   * that is news.
   */
  boolean advance(long index, long lastIndex) {
    boolean news = index > match;
    match = Math.max(match, index);
    next = Math.max(next, match + 1);
    LogHold held = hold;
    if (held != null && !held.advance(match, lastIndex)) {
      hold = null;
    }
    return news;
  }

  /** Whether the peer got anywhere since this was last asked; asked at each heartbeat's answer. */
  boolean hasStalled() {
    boolean stalled = match == matchAtLastAck;
    matchAtLastAck = match;
    return stalled;
  }

  void becomeProbe(long from) {
    state = new ProgressState.Probe();
    next = Math.max(match + 1, from);
    sentCommit = 0;
  }

  void becomeReplicate() {
    state = new ProgressState.Replicate();
    next = match + 1;
  }

  void becomeSnapshot() {
    state = new ProgressState.SnapshotTransfer();
    hold = null;
  }
}
