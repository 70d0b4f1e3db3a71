package dev.terrane.raft;

import dev.terrane.common.Bytes;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A peer that leads its term: appends, counts what a quorum holds, confirms reads, hands over.
 *
 * <p>Its own log counts only as far as it is durable here, although appends go out before that.
 */
final class Leader {
  private final Core core;
  private final ProgressTable peers = new ProgressTable();
  private final Replicator replicator;
  private final Rounds rounds;
  private final LeaderReads reads;
  private final UncommittedBytes uncommitted;
  private final LongUnaryOperator matchOf = this::match;

  /** Where this term's entries begin; only they are committed by counting (Raft paper, 5.4.2). */
  private final long firstIndexOfTerm;

  private @Nullable Transfer transfer;
  private boolean leaseRevoked;

  /** The last entry of this term that suspends reads; 0 if there is none. */
  private long suspendedThrough;

  /** Ticks for which this term has had no lease and nothing has been under way to end it. */
  private int ticksWithoutLease;

  private int heartbeatElapsed;
  private int quorumElapsed;

  /** For so many ticks nobody is expected to answer. */
  private int patience;

  /** The round number under which everyone has been asked to sleep; 0 if nobody is asked. */
  private long hibernationAsked;

  private PeerSet asleep = PeerSet.EMPTY;

  Leader(Core core) {
    this.core = core;
    this.rounds = new Rounds(core, peers);
    this.replicator = new Replicator(core, peers, rounds);
    this.reads = new LeaderReads(core);
    this.uncommitted = new UncommittedBytes(core.config.uncommittedBytesMax());
    this.firstIndexOfTerm = core.log.lastIndex() + 1;
    peers.follow(core.membership(), core.id, firstIndexOfTerm);
  }

  /** Opens the term by an empty entry, whose commit tells what else is committed (6.4, step 1). */
  void open() {
    append(EntryKind.NORMAL, Bytes.EMPTY);
  }

  private Entry append(EntryKind kind, Bytes data) {
    Entry entry = new Entry(core.log.lastIndex() + 1, core.term(), kind, data);
    core.log.append(entry);
    uncommitted.add(entry.index(), entry.sizeBytes());
    if (kind.suspendsReads()) {
      suspendedThrough = entry.index();
    }
    replicator.changed();
    return entry;
  }

  ProposeResult propose(EntryKind kind, Bytes data) {
    if (transfer != null) {
      return new ProposeResult.Refused(
          ProposeResult.Reason.TRANSFERRING, "leadership goes to peer " + transfer.target());
    }
    if (!uncommitted.hasRoomFor(Entry.OVERHEAD_BYTES + data.length())) {
      return new ProposeResult.Refused(
          ProposeResult.Reason.UNCOMMITTED_FULL, "too many bytes wait for being committed");
    }
    hibernationAsked = 0;
    Entry entry = append(kind, data);
    return new ProposeResult.Appended(entry.index(), entry.term());
  }

  ProposeResult proposeConfChange(ConfChange change) {
    if (core.log.hasConfChange()) {
      return new ProposeResult.Refused(
          ProposeResult.Reason.CONF_CHANGE_PENDING, "the last change is not applied");
    }
    if (!hasCommittedInTerm()) {
      return new ProposeResult.Refused(
          ProposeResult.Reason.CONF_CHANGE_PENDING, "this term has committed nothing yet");
    }
    String reason = MembershipChange.whyInvalid(core.membership(), change);
    if (reason != null) {
      return new ProposeResult.Refused(ProposeResult.Reason.CONF_CHANGE_INVALID, reason);
    }
    return propose(EntryKind.CONF_CHANGE, change.encode());
  }

  boolean hasCommittedInTerm() {
    return core.log.committed() >= firstIndexOfTerm;
  }

  /** Lets one tick pass. */
  void tick() {
    if (++heartbeatElapsed >= core.config.heartbeatTicks()) {
      heartbeatElapsed = 0;
      rounds.request();
    }
    replicator.tick();
    if (transfer != null && transfer.expires()) {
      transfer = null;
    }
    if (patience > 0) {
      patience--;
    } else {
      quorumElapsed++;
    }
    ticksWithoutLease = leaseRevoked && transfer == null ? ticksWithoutLease + 1 : 0;
  }

  /** See {@link RawNode#isDue}. */
  boolean isDue() {
    return rounds.isDue() || isQuorumDue() || isRenewalDue() || replicator.hasChanged();
  }

  /** What has come since the tick counts, too. */
  void doWhatIsDue() {
    if (isQuorumDue()) {
      quorumElapsed = 0;
      checkQuorum();
    }
  }

  private boolean isQuorumDue() {
    return quorumElapsed >= core.config.electionTicksMin();
  }

  /**
   * Whether the leader should ask for a new term: in this one it has no lease any more, since
   * somebody whom it told to campaign has not, and still might at any time, but not once its term
   * is over. However the lease was lost, and whatever has become of the transfer; until it is
   * possible.
   */
  boolean isRenewalDue() {
    return ticksWithoutLease >= core.config.heartbeatTicks() && transfer == null;
  }

  /** See {@link RawNode#bePatient}. */
  void bePatient(int ticks) {
    patience = Math.max(patience, ticks);
  }

  /** See {@link RawNode#heartbeat}. */
  void heartbeat() {
    if (heartbeatElapsed > 0) {
      heartbeatElapsed = 0;
      rounds.request();
    }
  }

  /** See {@link RawNode#quietTicks}. */
  int quietTicks() {
    if (transfer != null || leaseRevoked || replicator.countsTicks()) {
      return 0;
    }
    int toHeartbeat = core.config.heartbeatTicks() - heartbeatElapsed;
    int toQuorum = core.config.electionTicksMin() - quorumElapsed;
    return Math.max(1, Math.min(toHeartbeat, toQuorum)) - 1;
  }

  /** A leader that cannot reach a quorum gives way, so that its clients look elsewhere (6.2). */
  private void checkQuorum() {
    if (!core.config.checkQuorum()) {
      return;
    }
    boolean active = Quorum.reachedBy(core.membership(), this::activity) == 1;
    for (int i = 0; i < peers.size(); i++) {
      peers.at(i).countQuorum();
    }
    if (!active) {
      core.becomeFollower(core.term(), 0);
    }
  }

  private long activity(long peerId) {
    if (peerId == core.id) {
      return 1;
    }
    Progress peer = peers.find(peerId);
    return peer != null && peer.isActive() ? 1 : 0;
  }

  /** Sends what the calls since the last Ready have made possible. */
  void flush() {
    if (core.isHibernating()) {
      return; // a heartbeat would wake the others
    }
    boolean wanted = rounds.isDue() || (reads.wantRound() && mayRead());
    if (wanted && core.outbox.mayStartRound()) {
      hibernationAsked = 0; // the heartbeat wakes whoever has agreed to sleep
      long round = rounds.begin();
      if (mayRead()) {
        reads.roundBegun(round);
      }
      confirmReads();
    }
    replicator.flush();
  }

  /** Whether the commit index is known, and what reads find as of it may be answered. */
  private boolean mayRead() {
    return hasCommittedInTerm() && !isSuspended();
  }

  /** Whether an entry is in the log that suspends reads and is not applied. */
  private boolean isSuspended() {
    return suspendedThrough > core.log.applied();
  }

  private void confirmReads() {
    if (rounds.advance()) {
      reads.confirmedThrough(rounds.confirmed());
    }
  }

  /** More has been applied here, so followers may know more. */
  void applied() {
    replicator.changed();
  }

  /** Some of this leader's own entries have become durable. */
  void persisted() {
    advanceCommit();
  }

  private void advanceCommit() {
    long reached = Quorum.reachedBy(core.membership(), matchOf);
    if (reached >= firstIndexOfTerm && core.log.commitTo(reached)) {
      uncommitted.committedThrough(reached);
      leaseRevoked |= core.isBeingRemoved();
      replicator.changed();
    }
  }

  private long match(long peerId) {
    if (peerId == core.id) {
      return core.log.persistedIndex();
    }
    Progress peer = peers.find(peerId);
    return peer == null ? 0 : peer.match();
  }

  void accepted(Message.AppendAccepted accepted) {
    Progress peer = heard(accepted.from(), accepted.round());
    if (peer == null) {
      return;
    }
    if (replicator.accepted(peer, accepted.matchIndex())) {
      advanceCommit();
      tellTarget();
    }
  }

  void rejected(Message.AppendRejected rejected) {
    Progress peer = heard(rejected.from(), rejected.round());
    if (peer != null) {
      replicator.rejected(peer, rejected);
    }
  }

  void heartbeatAcked(Message.HeartbeatAck ack) {
    Progress peer = heard(ack.from(), ack.round());
    if (peer != null) {
      replicator.heard(peer, ack.round());
    }
  }

  private @Nullable Progress heard(long from, long round) {
    Progress peer = peers.find(from);
    if (peer == null) {
      return null; // removed, or not yet added here
    }
    peer.heard();
    peer.ackRound(round);
    confirmReads();
    return peer;
  }

  void entriesRead(EntriesRequest request, LogRead read) {
    replicator.entriesRead(request, read);
  }

  boolean readIndex(long from, long requestId) {
    hibernationAsked = 0;
    return reads.add(from, requestId);
  }

  void abandonReads() {
    reads.abandon();
  }

  boolean transferTo(long target) {
    if (target == core.id || !core.membership().isVoter(target)) {
      return false;
    }
    if (transfer != null && transfer.target() == target) {
      return true;
    }
    transfer = new Transfer(target, core.config.electionTicksMin());
    replicator.changed();
    tellTarget();
    return true;
  }

  boolean isTransferring() {
    return transfer != null;
  }

  /** Once the target has every entry, it wins the election that it is told to hold. */
  private void tellTarget() {
    if (transfer == null || transfer.isTold()) {
      return;
    }
    Progress peer = peers.find(transfer.target());
    if (peer != null && peer.match() == core.log.lastIndex()) {
      transfer.tell();
      leaseRevoked = true;
      core.outbox.send(new Message.TimeoutNow(core.id, peer.peerId(), core.term()));
    }
  }

  boolean isLeaseRevoked() {
    return leaseRevoked || isSuspended();
  }

  boolean isAlone() {
    return peers.size() == 0 && core.membership().isSoleVoter(core.id) && !core.log.hasConfChange();
  }

  long confirmedRound() {
    return rounds.confirmedForLease();
  }

  /**
   * The membership has changed by an applied entry. A leader that is no voter any more gives way.
   */
  void membershipChanged() {
    replicator.tellCommitted(core.log.firstConfChange()); // who leaves hears of nothing later
    peers.follow(core.membership(), core.id, core.log.lastIndex() + 1);
    if (!core.membership().isVoter(core.id)) {
      core.becomeFollower(core.term(), 0);
      return;
    }
    if (transfer != null && !core.membership().isVoter(transfer.target())) {
      transfer = null;
    }
    hibernationAsked = 0;
    replicator.changed();
    advanceCommit(); // a smaller quorum may hold more
    confirmReads();
  }

  boolean openingSnapshot(long peerId) {
    Progress peer = peers.find(peerId);
    return peer != null && replicator.openingSnapshot(peer);
  }

  boolean awaitsSnapshot(long peerId) {
    Progress peer = peers.find(peerId);
    return peer != null && peer.state() instanceof ProgressState.SnapshotTransfer;
  }

  void letLogGo() {
    for (int i = 0; i < peers.size(); i++) {
      peers.at(i).letLogGo();
    }
  }

  long releasableThrough() {
    return replicator.releasableThrough();
  }

  Message.@Nullable InstallSnapshot sendSnapshot(long peerId, Snapshot snapshot) {
    Progress peer = peers.find(peerId);
    return peer == null ? null : replicator.sendSnapshot(peer, snapshot);
  }

  void snapshotEnded(long peerId, boolean shipped) {
    Progress peer = peers.find(peerId);
    if (peer != null) {
      replicator.snapshotEnded(peer, shipped);
    }
  }

  void unreachable(long peerId) {
    Progress peer = peers.find(peerId);
    if (peer != null) {
      replicator.unreachable(peer);
    }
  }

  /** Asks everyone to sleep, if there is nothing left to do. */
  boolean askToHibernate() {
    if (!isAtRest()) {
      return false;
    }
    hibernationAsked = core.beginRound();
    asleep = PeerSet.EMPTY;
    for (int i = 0; i < peers.size(); i++) {
      core.outbox.send(
          new Message.HibernateRequest(
              core.id, peers.at(i).peerId(), core.term(), core.log.lastIndex(), hibernationAsked));
    }
    sleepIfAllDo();
    return true;
  }

  private boolean isAtRest() {
    long last = core.log.lastIndex();
    for (int i = 0; i < peers.size(); i++) {
      if (peers.at(i).match() != last || peers.at(i).sentCommit() != last) {
        return false;
      }
    }
    return transfer == null
        && reads.isEmpty()
        && !core.membership().isJoint()
        && core.log.persistedIndex() == last
        && core.log.applied() == last;
  }

  void hibernateAcked(Message.HibernateAck ack) {
    if (ack.agreed() && ack.round() == hibernationAsked && peers.find(ack.from()) != null) {
      asleep = asleep.with(ack.from());
      sleepIfAllDo();
    }
  }

  private void sleepIfAllDo() {
    if (hibernationAsked != 0 && asleep.size() == peers.size() && isAtRest()) {
      hibernationAsked = 0;
      core.hibernate();
      rounds.dropLease();
    }
  }

  /** Everyone gets time to be heard of again, and is woken by a heartbeat. */
  void woken() {
    quorumElapsed = 0;
    for (int i = 0; i < peers.size(); i++) {
      peers.at(i).heard();
    }
    rounds.dropLease();
    rounds.request();
  }

  ProgressTable peers() {
    return peers;
  }
}
