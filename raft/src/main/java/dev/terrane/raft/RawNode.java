package dev.terrane.raft;

import static dev.terrane.common.Invariant.check;

import dev.terrane.common.Bytes;
import dev.terrane.common.Invariant;
import java.util.ArrayList;
import java.util.List;
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
public final class RawNode {
  private static final int PATIENCE_TIMEOUTS_MAX = 10;

  private final Core core;
  private final Elections elections;
  private final Replica replica;

  /** What the last Ready with a hard state carried; as stored at start. */
  private HardState emitted;

  /** The largest commit index that is durable here. */
  private long durableCommit;

  private long readyNumber;

  /** A peer with a node of its own, as {@code initial} and {@code storage} have it. */
  public RawNode(
      RaftConfig config,
      long peerId,
      InitialState initial,
      LogStorage storage,
      RandomGenerator random) {
    this(config, peerId, initial, storage, random, EntryBudget.UNBOUNDED);
  }

  /**
   * A peer as {@code initial} and {@code storage} have it, following nobody.
   *
   * @param random where election timeouts are drawn from
   * @param budget for what it holds in memory, beside the bounds of {@code config}
   */
  public RawNode(
      RaftConfig config,
      long peerId,
      InitialState initial,
      LogStorage storage,
      RandomGenerator random,
      EntryBudget budget) {
    check(peerId > 0, "peer id %d", peerId);
    this.core = new Core(config, peerId, initial, storage, random, budget);
    this.elections = new Elections(core);
    this.replica = new Replica(core);
    this.emitted = initial.hardState();
    this.durableCommit = core.log.committed();
  }

  /**
   * Lets one tick interval pass. A tick only counts: what it makes due ({@link #isDue}) is done
   * when work is asked for next ({@link #hasReady}), so that whatever has come in time can be
   * handled between the two. It may be the very message that was waited for. Does nothing while
   * hibernating.
   */
  public void tick() {
    if (core.isHibernating()) {
      return;
    }
    core.promise.tick();
    if (core.role() instanceof Role.Leading leading) {
      leading.leader().tick();
    } else {
      core.forwardedReads().tick();
      core.electionTimerTick();
    }
  }

  /** Whether {@link #hasReady} is to be asked for what ticks, or a round, have made due. */
  public boolean isDue() {
    if (core.isHibernating()) {
      return false;
    }
    return (core.role() instanceof Role.Leading leading
            ? leading.leader().isDue()
            : core.isElectionDue())
        || core.promise.hasReleased()
        || core.outbox.hasReads();
  }

  private void doWhatIsDue() {
    if (core.isHibernating()) {
      return;
    }
    if (core.promise.hasReleased()) {
      elections.answerReleased();
    }
    if (core.role() instanceof Role.Leading leading) {
      leading.leader().doWhatIsDue();
      if (core.role() instanceof Role.Leading && leading.leader().isRenewalDue()) {
        elections.renewTerm();
      }
    } else if (core.isElectionDue() && !elections.campaign()) {
      core.restartElectionTimer();
    }
  }

  /**
   * How many of the next ticks would be counted and make nothing due, as things are: the owner may
   * sleep over them and {@link #tick} that often when it wakes, before it hands over anything that
   * has come meanwhile. {@link Integer#MAX_VALUE} if time brings nothing at all.
   */
  public int quietTicks() {
    if (core.isHibernating() || isAlone()) {
      return Integer.MAX_VALUE;
    }
    if (core.role() instanceof Role.Leading leading) {
      return leading.leader().quietTicks();
    }
    if (!core.forwardedReads().isEmpty()) {
      return 0;
    }
    return Math.min(core.ticksToElection(), core.promise.ticksToRelease()) - 1;
  }

  /**
   * Begins the next round of heartbeats now, if this peer leads and any tick has passed since the
   * last; the one after comes a full interval later. Called for all peers of a node at the same
   * ticks, it makes their rounds coincide: one wake for all. Without it each has its own time.
   */
  public void heartbeat() {
    if (!core.isHibernating() && core.role() instanceof Role.Leading leading) {
      leading.leader().heartbeat();
    }
  }

  /** Takes in a message addressed to this peer. Wakes a hibernating peer. */
  public void step(Message message) {
    check(message.to() == core.id, "peer %d was given a message to %d", core.id, message.to());
    if (!isAboutSleep(message)) {
      wakeSelf(0);
    }
    if (observeTerm(message)) {
      dispatch(message);
    }
  }

  /** Asking a sleeper to sleep does not wake it. */
  private static boolean isAboutSleep(Message message) {
    return message instanceof Message.HibernateRequest || message instanceof Message.HibernateAck;
  }

  /** Enters the message's term if it is later. Whether the message is still to be handled. */
  private boolean observeTerm(Message message) {
    if (message instanceof Message.RequestPreVote) {
      return true; // asks about a term that nobody has entered
    }
    if (message.term() < core.term()) {
      return answerStale(message);
    }
    if (message.term() == core.term()) {
      return true;
    }
    if (message instanceof Message.RequestVote request
        && !request.transfer()
        && elections.ignoresCandidates()) {
      return false;
    }
    wakeSelf(0);
    core.becomeFollower(message.term(), 0);
    return true;
  }

  /** Tells whoever acts in a past term. Whether the message is still to be handled. */
  private boolean answerStale(Message message) {
    switch (message) {
      case Message.PreVoteResult result -> {
        return true; // a voter that is behind may still grant
      }
      case Message.AppendEntries m -> tellStale(m);
      case Message.CommitAdvanced m -> tellStale(m);
      case Message.Heartbeat m -> tellStale(m);
      case Message.InstallSnapshot m -> tellStale(m);
      case Message.HibernateRequest m -> tellStale(m);
      case Message.TimeoutNow m -> tellStale(m);
      case Message.RequestVote m ->
          core.outbox.send(new Message.VoteResult(core.id, m.from(), core.term(), false));
      case Message.RequestPreVote m -> {}
      case Message.AppendAccepted m -> {}
      case Message.AppendRejected m -> {}
      case Message.HeartbeatAck m -> {}
      case Message.VoteResult m -> {}
      case Message.TransferLeader m -> {}
      case Message.ReadIndexRequest m -> {}
      case Message.ReadIndexResponse m -> {}
      case Message.HibernateAck m -> {}
      case Message.WakeUp m -> {}
      case Message.StaleTerm m -> {}
    }
    return false;
  }

  private void tellStale(Message message) {
    core.outbox.send(new Message.StaleTerm(core.id, message.from(), core.term()));
  }

  private void dispatch(Message message) {
    switch (message) {
      case Message.AppendEntries append -> {
        core.heardFromLeader(append.from());
        replica.append(append);
      }
      case Message.CommitAdvanced advanced -> {
        core.heardFromLeader(advanced.from());
        replica.commitAdvanced(advanced);
      }
      case Message.Heartbeat heartbeat -> {
        core.heardFromLeader(heartbeat.from());
        replica.heartbeat(heartbeat);
      }
      case Message.InstallSnapshot install -> {
        core.heardFromLeader(install.from());
        replica.install(install);
      }
      case Message.HibernateRequest request -> {
        core.heardFromLeader(request.from());
        replica.hibernate(request);
      }
      case Message.TimeoutNow now -> {
        core.heardFromLeader(now.from());
        elections.timeoutNow();
      }
      case Message.RequestVote request -> elections.vote(request);
      case Message.RequestPreVote request -> elections.preVote(request);
      case Message.VoteResult result -> elections.voteAnswered(result);
      case Message.PreVoteResult result -> elections.preVoteAnswered(result);
      case Message.ReadIndexResponse response -> core.forwardedReads().answered(response);
      case Message.TransferLeader m -> transferLeader(m.target());
      case Message.WakeUp m -> {} // that it came was all
      case Message.StaleTerm m -> {} // its term was all
      case Message.AppendAccepted m when core.role() instanceof Role.Leading leading ->
          leading.leader().accepted(m);
      case Message.AppendAccepted late -> {}
      case Message.AppendRejected m when core.role() instanceof Role.Leading leading ->
          leading.leader().rejected(m);
      case Message.AppendRejected late -> {}
      case Message.HeartbeatAck m when core.role() instanceof Role.Leading leading ->
          leading.leader().heartbeatAcked(m);
      case Message.HeartbeatAck late -> {}
      case Message.HibernateAck m when core.role() instanceof Role.Leading leading ->
          leading.leader().hibernateAcked(m);
      case Message.HibernateAck late -> {}
      case Message.ReadIndexRequest m when core.role() instanceof Role.Leading leading ->
          leading.leader().readIndex(m.from(), m.requestId());
      case Message.ReadIndexRequest late -> {}
    }
  }

  /** Appends a {@link EntryKind#NORMAL} entry with {@code data} if this peer leads. */
  public ProposeResult propose(Bytes data) {
    return propose(EntryKind.NORMAL, data);
  }

  /** Appends an {@link EntryKind#ADMIN} entry with {@code data} if this peer leads. */
  public ProposeResult proposeAdmin(Bytes data) {
    return propose(EntryKind.ADMIN, data);
  }

  private ProposeResult propose(EntryKind kind, Bytes data) {
    if (!(core.role() instanceof Role.Leading leading)) {
      return notLeader();
    }
    wakeSelf(0);
    return leading.leader().propose(kind, data);
  }

  /**
   * Appends a membership change if this peer leads, has committed an entry of its own term, and the
   * last change is applied.
   */
  public ProposeResult proposeConfChange(ConfChange change) {
    if (!(core.role() instanceof Role.Leading leading)) {
      return notLeader();
    }
    wakeSelf(0);
    return leading.leader().proposeConfChange(change);
  }

  private ProposeResult notLeader() {
    return new ProposeResult.Refused(
        ProposeResult.Reason.NOT_LEADER, "peer " + core.leaderId() + " leads");
  }

  /**
   * Puts into effect the change of a committed {@link EntryKind#CONF_CHANGE} entry that the
   * application accepts; called while the entry is being applied, before {@link #applied} with its
   * index. A change that the application refuses is passed over by calling only {@code applied}.
   * While a snapshot is being installed, which has a later membership, nothing changes.
   *
   * @return the membership from now on, for the caller to store with the applied index
   */
  public Membership applyConfChange(ConfChange change) {
    if (core.log.isInstalling()) {
      return core.membership();
    }
    core.setMembership(MembershipChange.apply(core.membership(), change));
    if (core.role() instanceof Role.Leading leading) {
      leading.leader().membershipChanged();
    } else if (!core.membership().isVoter(core.id) && !(core.role() instanceof Role.Follower)) {
      core.becomeFollower(core.term(), 0);
    }
    return core.membership();
  }

  /**
   * Asks for an index as of which a read is linearizable; the answer comes as a {@link ReadOutcome}
   * under {@code requestId}. A follower asks its leader, whose caller sees {@code context}. False
   * if it was not asked, because there is no known leader or too many reads wait.
   */
  public boolean readIndex(long requestId, Bytes context) {
    wakeSelf(0);
    if (core.role() instanceof Role.Leading leading) {
      return leading.leader().readIndex(core.id, requestId);
    }
    return core.leaderId() != 0 && core.forwardedReads().forward(requestId, context);
  }

  /**
   * Hands leadership to {@code target}, once it has every entry; given up after an election
   * timeout. A follower passes the wish on to its leader. Proposals are refused meanwhile. False if
   * nothing was begun: no leader known, or {@code target} is no voter or leads already.
   */
  public boolean transferLeader(long target) {
    wakeSelf(0);
    if (core.role() instanceof Role.Leading leading) {
      return leading.leader().transferTo(target);
    }
    if (core.leaderId() == 0 || core.leaderId() == target) {
      return false;
    }
    core.outbox.send(new Message.TransferLeader(core.id, core.leaderId(), core.term(), target));
    return true;
  }

  /** Whether this peer leads and is handing leadership to another. */
  public boolean isTransferring() {
    return core.role() instanceof Role.Leading leading && leading.leader().isTransferring();
  }

  /**
   * Whether this peer gave its lease up for a transfer that failed, and asks for its next term, in
   * which it can have one again. It is a candidate meanwhile; it will lead again, somebody else
   * will, or in the end this turns false without either.
   */
  public boolean isRenewingTerm() {
    return elections.isRenewingTerm();
  }

  /**
   * Campaigns now instead of at the election timeout. False if this peer leads, may not lead, has
   * promised its leader or an earlier life not to, or has a committed membership change to apply.
   */
  public boolean campaign() {
    wakeSelf(0);
    return elections.campaign();
  }

  /** Whether {@link #ready} has work, after doing what is due. Cheap: asked every duty cycle. */
  public boolean hasReady() {
    doWhatIsDue();
    if (core.role() instanceof Role.Leading leading) {
      leading.leader().flush();
    }
    return !core.outbox.isEmpty(!core.persistence.isEmpty())
        || isTermOrVoteNew()
        || core.log.hasUnemitted()
        || core.log.hasCommitted(core.config.applyingBytesMax(), durableCommit)
        || core.log.wantsDurableCommit(emitted.commit());
  }

  private boolean isTermOrVoteNew() {
    return core.term() != emitted.term() || core.vote() != emitted.vote();
  }

  /** The work since the last call; only while {@link #hasReady}. */
  public Ready ready() {
    check(hasReady(), "peer %d has nothing ready", core.id);
    RaftLog log = core.log;
    boolean writes =
        isTermOrVoteNew() || log.hasUnemitted() || log.wantsDurableCommit(emitted.commit());
    Snapshot snapshot = log.takeUnemittedSnapshot();
    List<Entry> entries = log.takeUnemitted();
    List<Entry> committed =
        log.hasCommitted(core.config.applyingBytesMax(), durableCommit)
            ? log.takeCommitted(core.config.committedBytesMax(), durableCommit)
            : List.of();
    EntriesRequest fetch = log.takeFetch();
    if (fetch != null) {
      core.outbox.requestEntries(fetch);
    }
    if (!writes && core.persistence.isEmpty()) {
      core.outbox.releaseAfterPersist();
    }
    HardState hardState = writes ? takeHardState() : null;
    readyNumber++;
    if (writes) {
      core.persistence.add(
          new Persistence.Write(
              readyNumber,
              emitted,
              entries.isEmpty() ? 0 : entries.getLast().index(),
              snapshot == null ? 0 : snapshot.meta().index()));
    }
    return new Ready(
        readyNumber,
        hardState,
        entries,
        snapshot,
        core.outbox.takeMessages(),
        // Without a write they wait here, for the writes under way: each would be one more for the
        // disk to come to, and while it has no room there is no end of them.
        writes ? core.outbox.takeAfterPersist(core.term()) : List.of(),
        committed,
        core.outbox.takeReads(),
        core.outbox.takeSnapshotRequests(),
        core.outbox.takeEntriesRequests(),
        core.outbox.takeRoundStarted(),
        writes);
  }

  /** The hard state if it differs from the last one written. */
  private @Nullable HardState takeHardState() {
    HardState current = new HardState(core.term(), core.vote(), core.log.committed());
    if (current.equals(emitted)) {
      return null;
    }
    emitted = current;
    return current;
  }

  /** Everything that Readies through {@code number} asked to be persisted is durable. */
  public void persisted(long number) {
    check(number <= readyNumber, "persisted %d > ready %d", number, readyNumber);
    Persistence.Write write = core.persistence.takeThrough(number);
    while (write != null) {
      persisted(write);
      write = core.persistence.takeThrough(number);
    }
  }

  private void persisted(Persistence.Write write) {
    if (write.snapshotIndex != 0) {
      core.log.snapshotPersisted(write.snapshotIndex);
    }
    if (write.lastIndex() != 0) {
      core.log.persistedTo(write.lastIndex());
    }
    durableCommit = Math.max(durableCommit, write.hardState.commit());
    elections.votePersisted(write.hardState);
    if (core.role() instanceof Role.Leading leading) {
      leading.leader().persisted();
    }
  }

  /** Everything through {@code index} is applied; or a snapshot of that index is installed. */
  public void applied(long index) {
    core.log.applied(index);
    if (core.role() instanceof Role.Leading leading) {
      leading.leader().applied();
    }
  }

  /** The peer ends: gives back what it held of the budget. Nothing else is called afterwards. */
  public void close() {
    core.log.close();
  }

  /**
   * The snapshot that {@code peer} needs is about to be opened: from now on {@link
   * #releasableThrough} holds the log for it, until {@link #reportSnapshot} tells that it failed or
   * the peer has caught up from it. False if it is no longer wanted, and then nothing is held.
   */
  public boolean openingSnapshot(long peer) {
    return core.role() instanceof Role.Leading leading && leading.leader().openingSnapshot(peer);
  }

  /** Whether this peer leads and {@code peer} cannot go on without a snapshot. */
  public boolean awaitsSnapshot(long peer) {
    return core.role() instanceof Role.Leading leading && leading.leader().awaitsSnapshot(peer);
  }

  /**
   * Through which index the log may be released at most, as far as the snapshots go that this
   * leader sends: a peer must find the log where its snapshot ends, and until it has caught up.
   * {@link Long#MAX_VALUE} if there are none.
   */
  public long releasableThrough() {
    return core.role() instanceof Role.Leading leading
        ? leading.leader().releasableThrough()
        : Long.MAX_VALUE;
  }

  /**
   * Ends what {@link #releasableThrough} holds, since there is no room for it: peers that were to
   * catch up need another snapshot. Those that are being sent one are reported by their sender.
   */
  public void letLogGo() {
    if (core.role() instanceof Role.Leading leading) {
      leading.leader().letLogGo();
    }
  }

  /**
   * The message that ships {@code snapshot} to {@code peer}, to be sent after its data; null if it
   * is no longer wanted, or the log has been released past it because {@link #openingSnapshot} was
   * not called in time.
   */
  public Message.@Nullable InstallSnapshot sendSnapshot(long peer, Snapshot snapshot) {
    return core.role() instanceof Role.Leading leading
        ? leading.leader().sendSnapshot(peer, snapshot)
        : null;
  }

  /** How the snapshot for {@code peer} ended: shipped, or not made or not shipped. */
  public void reportSnapshot(long peer, boolean shipped) {
    if (core.role() instanceof Role.Leading leading) {
      leading.leader().snapshotEnded(peer, shipped);
    }
  }

  /** What the disk had for {@code request}. */
  public void entriesRead(EntriesRequest request, LogRead read) {
    switch (request.use()) {
      case APPLY -> core.log.fetched(request.from(), read);
      case REPLICATE -> {
        if (request.term() == core.term() && core.role() instanceof Role.Leading leading) {
          leading.leader().entriesRead(request, read);
        }
      }
    }
  }

  /** Messages to {@code peer} were lost: it is probed once it is heard of again. */
  public void reportUnreachable(long peer) {
    if (core.role() instanceof Role.Leading leading) {
      leading.leader().unreachable(peer);
    }
  }

  /**
   * Ticks have been left out, since this peer's turn came far too late: what its leader has sent
   * meanwhile may be about to come, so a peer that does not lead waits for it as if it had just
   * heard of its leader. But once only until it does hear of one: who is late time after time still
   * stands for election in the end. A lease is not touched: it ends at a time, not after a tick.
   */
  public void paused() {
    core.paused();
  }

  /**
   * Messages between this peer and the others are held up by a large one of {@code bytes} that the
   * leader sends, and nothing else shows that the leader, or the followers, are there: a follower
   * waits for its leader for that much longer, until it hears of it again, and a leader as much
   * longer for answers. An election timeout for each {@link RaftConfig#appendBytesMax}, up to a
   * bound; so long it may take others to notice that the leader has died meanwhile. Leases are not
   * touched.
   */
  public void bePatient(long bytes) {
    int ticks =
        (int)
            Math.min(
                PATIENCE_TIMEOUTS_MAX * (long) core.config.electionTicksMin(),
                bytes / core.config.appendBytesMax() * core.config.electionTicksMin());
    if (core.role() instanceof Role.Leading leading) {
      leading.leader().bePatient(ticks);
    } else {
      core.bePatient(ticks);
    }
  }

  /**
   * Asks the whole group to sleep. False if this peer does not lead or the group is not at rest.
   * The peer sleeps when {@link #isHibernating} turns true, after every member agreed.
   */
  public boolean hibernate() {
    return core.role() instanceof Role.Leading leading
        && !core.isHibernating()
        && leading.leader().askToHibernate();
  }

  /**
   * Ends hibernation. {@code ticksAsleep}: how many ticks have certainly passed since it began, so
   * that promises to the leader run out as if they had been counted; 0 if unknown. A follower also
   * wakes its leader, who wakes the others.
   */
  public void wake(int ticksAsleep) {
    if (wakeSelf(ticksAsleep) && core.leaderId() != 0 && core.leaderId() != core.id) {
      core.outbox.send(new Message.WakeUp(core.id, core.leaderId(), core.term()));
    }
  }

  private boolean wakeSelf(int ticksAsleep) {
    if (!core.endHibernation()) {
      return false;
    }
    core.promise.credit(ticksAsleep);
    if (core.role() instanceof Role.Leading leading) {
      leading.leader().woken();
    }
    return true;
  }

  public boolean isHibernating() {
    return core.isHibernating();
  }

  public long id() {
    return core.id;
  }

  public RoleKind role() {
    return core.role().kind();
  }

  public long term() {
    return core.term();
  }

  /** The leader of {@link #term}, or 0 if unknown. */
  public long leaderId() {
    return core.leaderId();
  }

  public long committed() {
    return core.log.committed();
  }

  /** The largest index reported to {@link #applied}. */
  public long applied() {
    return core.log.applied();
  }

  public long lastIndex() {
    return core.log.lastIndex();
  }

  /** The term of the log's entry at {@code index}; 0 if the log does not know it (any more). */
  public long termAt(long index) {
    return core.log.term(index);
  }

  public Membership membership() {
    return core.membership();
  }

  /** The entry at {@code index}, from memory or from storage; for looking at a peer in tests. */
  Entry entryAt(long index) {
    return switch (core.log.entries(index, 1, 1)) {
      case LogRead.Found found -> found.entries().getFirst();
      case LogRead.Compacted compacted ->
          throw Invariant.violated("log starts at %d after %d", compacted.firstIndex(), index);
    };
  }

  /** Whether this peer leads and has committed an entry of its own term: it knows all commits. */
  public boolean hasCommittedInTerm() {
    return core.role() instanceof Role.Leading leading && leading.leader().hasCommittedInTerm();
  }

  /**
   * Whether this peer leads a group of which it is the only member, and its log holds no change of
   * that. Whoever else would lead needs its vote, which a leader does not give; so its lease needs
   * no rounds, and {@link #tick} has nothing to do and may be left out. Ends by what comes in,
   * never by time.
   */
  public boolean isAlone() {
    return core.role() instanceof Role.Leading leading && leading.leader().isAlone();
  }

  /**
   * The last round begun by this leader that a quorum answered; 0 if none, or not the leader.
   * Rounds are numbered across terms and never reused in one life of a peer. See {@link Lease}.
   */
  public long confirmedRound() {
    return core.role() instanceof Role.Leading leading ? leading.leader().confirmedRound() : 0;
  }

  /**
   * Whether this leader may not rely on a lease, whatever rounds are confirmed: it told somebody to
   * campaign or gives its vote up, for the rest of its term; or its log has an entry that {@link
   * EntryKind#suspendsReads}, until that is applied. To be asked before anything is sent that a
   * Ready holds.
   */
  public boolean leaseRevoked() {
    return core.role() instanceof Role.Leading leading && leading.leader().isLeaseRevoked();
  }

  /** A picture of this peer; allocates. */
  public Status status() {
    return new Status(
        core.id,
        role(),
        core.leaderId(),
        new HardState(core.term(), core.vote(), core.log.committed()),
        core.membership(),
        core.log.firstIndex(),
        core.log.lastIndex(),
        core.log.persistedIndex(),
        core.log.applied(),
        core.isHibernating(),
        peerStatuses());
  }

  private List<Status.PeerStatus> peerStatuses() {
    if (!(core.role() instanceof Role.Leading leading)) {
      return List.of();
    }
    ProgressTable peers = leading.leader().peers();
    List<Status.PeerStatus> statuses = new ArrayList<>(peers.size());
    for (int i = 0; i < peers.size(); i++) {
      Progress peer = peers.at(i);
      statuses.add(
          new Status.PeerStatus(
              peer.peerId(),
              peer.state().name(),
              peer.match(),
              peer.next(),
              peer.isRecentlyActive()));
    }
    return statuses;
  }
}
