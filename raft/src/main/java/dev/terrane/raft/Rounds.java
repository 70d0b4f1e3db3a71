package dev.terrane.raft;

import java.util.function.LongUnaryOperator;

/**
 * The numbered heartbeat rounds of one leader in its term. A round is confirmed once a quorum has
 * answered it or a later one: at a moment after it began, nobody else led.
 */
final class Rounds {
  private final Core core;
  private final ProgressTable peers;
  private final LongUnaryOperator ackedRoundOf = this::ackedRound;
  private boolean begun;
  private boolean due = true; // a new leader says so at once
  private long confirmed;

  /** Rounds through this one give no lease: this peer slept since. */
  private long leaseFloor;

  Rounds(Core core, ProgressTable peers) {
    this.core = core;
    this.peers = peers;
  }

  /** Begins a round with the next Ready. */
  void request() {
    due = true;
  }

  boolean isDue() {
    return due;
  }

  /** Begins a round by a heartbeat to everyone. */
  long begin() {
    due = false;
    begun = true;
    long round = core.beginRound();
    core.outbox.roundStarted(round);
    for (int i = 0; i < peers.size(); i++) {
      Progress peer = peers.at(i);
      long commit = Math.min(peer.match(), core.committedToTell());
      core.outbox.send(new Message.Heartbeat(core.id, peer.peerId(), core.term(), commit, round));
      peer.commitSent(commit);
    }
    return round;
  }

  /** Counts again; whether another round is confirmed. */
  boolean advance() {
    if (confirmed == core.lastRound()) {
      return false;
    }
    long reached = Quorum.reachedBy(core.membership(), ackedRoundOf);
    if (reached <= confirmed) {
      return false;
    }
    confirmed = reached;
    return true;
  }

  private long ackedRound(long peerId) {
    if (peerId == core.id) {
      return current();
    }
    Progress peer = peers.find(peerId);
    return peer == null ? 0 : peer.ackedRound();
  }

  /** The last round begun in this term; 0 if none. */
  long current() {
    return begun ? core.lastRound() : 0;
  }

  long confirmed() {
    return confirmed;
  }

  /** The last confirmed round that may give a lease, or 0. */
  long confirmedForLease() {
    return confirmed > leaseFloor ? confirmed : 0;
  }

  void dropLease() {
    leaseFloor = core.lastRound();
  }
}
