package dev.terrane.pd;

import static dev.terrane.common.Invariant.check;

import dev.terrane.common.Bytes;
import dev.terrane.common.Invariant;
import dev.terrane.common.TimeSource;
import dev.terrane.common.agent.Inbox;
import dev.terrane.pd.PdWrite.LogBase;
import dev.terrane.pd.state.ClusterState;
import dev.terrane.pd.state.Outcome;
import dev.terrane.proto.terranepd.Command;
import dev.terrane.proto.terranepd.Member;
import dev.terrane.proto.terranepd.PdRaftBatch;
import dev.terrane.proto.terranepd.PdRaftMessage;
import dev.terrane.proto.terranepd.RegionRecord;
import dev.terrane.raft.ConfChange;
import dev.terrane.raft.EntriesRequest;
import dev.terrane.raft.Entry;
import dev.terrane.raft.EntryKind;
import dev.terrane.raft.InitialState;
import dev.terrane.raft.Message;
import dev.terrane.raft.RawNode;
import dev.terrane.raft.ReadOutcome;
import dev.terrane.raft.Ready;
import dev.terrane.raft.RoleKind;
import dev.terrane.raft.Snapshot;
import dev.terrane.raft.SnapshotMeta;
import dev.terrane.raft.SnapshotRequest;
import dev.terrane.raft.Status;
import dev.terrane.raft.drive.DrivenNode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A member's part in PD's Raft group: carries out what its {@link DrivenNode} asks for, applies
 * committed commands to the {@link ClusterState}, and keeps the log short by writing the state
 * beside it.
 *
 * <p>Confined to the member's thread. A crash leaves the last durable {@link PdWrite}.
 */
final class MemberRaft implements DrivenNode.Owner {
  /** The end of one proposal; exactly one of its methods is called, once. */
  interface Proposal {
    void applied(Outcome outcome);

    /** Leadership was lost before it was applied: whether it ever is, is unknown. */
    void lost();
  }

  /** A write under way. {@code ready} is null for one that Raft did not ask for. */
  private record Outstanding(PdWrite write, @Nullable Ready ready) {}

  /** Fewer than the completions for which there is room. */
  private static final int WRITES_MAX = 64;

  private static final long LOG_ENTRIES_MAX = 4096;
  private static final long LOG_BYTES_MAX = 4 << 20;

  /** Entries kept behind a snapshot, so that a member slightly behind needs no snapshot. */
  private static final long LOG_ENTRIES_KEPT = 512;

  private final long memberId;
  private final PdStorage storage;
  private final PdTransport transport;
  private final MemberMail mail;
  private final Inbox<Runnable> completions;
  private final MemberLog log;
  private final DrivenNode driven;
  private final RawNode raft;
  private final Deque<Outstanding> outstanding = new ArrayDeque<>();
  private final MemberProposals proposals = new MemberProposals();
  private @Nullable ClusterState state;
  private long snapshotIndex;
  private boolean savingRegions;
  private List<Member> toldMembers = List.of();

  MemberRaft(
      PdConfig config,
      PdRecovered recovered,
      PdStorage storage,
      PdTransport transport,
      TimeSource time,
      RandomGenerator random,
      Inbox<Runnable> completions) {
    this.memberId = recovered.memberId();
    this.storage = storage;
    this.transport = transport;
    this.completions = completions;
    this.log = new MemberLog(recovered.base(), recovered.entries());
    this.state = recovered.state() == null ? null : ClusterState.decode(recovered.state());
    this.snapshotIndex = state == null ? 0 : state.appliedIndex();
    InitialState initial =
        state == null
            ? InitialState.BLANK
            : new InitialState(
                recovered.hardState(), state.membership(), state.appliedIndex(), true);
    this.raft = new RawNode(PdConfig.RAFT, memberId, initial, log, random);
    this.mail = new MemberMail(memberId, this::state, transport, time, random);
    long electionNanos = config.tick().toNanos() * PdConfig.RAFT.electionTicksMin();
    this.driven = new DrivenNode(raft, PdConfig.RAFT, electionNanos / 10 * 9, WRITES_MAX, this);
    if (state != null && state.membership().isSoleVoter(memberId)) {
      raft.campaign();
    }
  }

  // ---- in

  /** Takes in another member's messages, which are believed. */
  void step(PdRaftBatch batch) {
    for (PdRaftMessage proto : batch.getMessagesList()) {
      Message message = PdRaftCodec.decode(proto);
      if (message != null
          && message.to() == memberId
          && message.from() == batch.getFromMemberId()) {
        raft.step(message);
      }
    }
  }

  /** Proposes {@code command}; false if that is not possible now, and nothing is called. */
  boolean propose(Command.Builder command, Proposal proposal) {
    return proposals.track(raft.propose(ClusterState.encode(command)), proposal);
  }

  /** Proposes a membership change; false if that is not possible now, and nothing is called. */
  boolean proposeMembership(ConfChange change, Proposal proposal) {
    return proposals.track(raft.proposeConfChange(change), proposal);
  }

  // ---- the duty cycle

  /** Carries out what Raft asks for; returns how much that was. */
  int pump(long nowNanos) {
    return driven.turn(nowNanos) + proposals.settle(isLeading() ? raft.term() : 0);
  }

  /** There is one in each cycle. */
  @Override
  public void wantsTurn() {}

  /** Whoever serves asks for {@link #hasLease} when it answers; nothing is shown before. */
  @Override
  public void withdrawLease() {}

  @Override
  public void persist(Ready ready) {
    submit(
        new Outstanding(
            new PdWrite(null, ready.entries(), ready.hardState(), null, Map.of(), 0), ready));
  }

  @Override
  public void install(Ready ready, Snapshot snapshot) {
    LogBase reset = new LogBase(snapshot.meta().index(), snapshot.meta().term());
    submit(
        new Outstanding(
            new PdWrite(
                reset, ready.entries(), ready.hardState(), snapshot.reference(), Map.of(), 0),
            ready));
    driven.snapshotInLine();
  }

  /** Nobody asks for an index to read at. */
  @Override
  public void answer(List<ReadOutcome> reads) {
    throw Invariant.violated("%d reads are answered that were not asked for", reads.size());
  }

  /** The whole log is in memory, so nobody needs what only the disk has. */
  @Override
  public void readEntries(EntriesRequest request) {
    throw Invariant.violated("%s of a log in memory", request);
  }

  private void submit(Outstanding write) {
    outstanding.add(write);
    storage.submit(write.write, () -> completions.put(this::oldestWriteIsDurable));
  }

  private void oldestWriteIsDurable() {
    Outstanding done = outstanding.remove();
    log.written(done.write);
    savingRegions &= done.write.regions().isEmpty();
    if (done.ready == null) {
      return;
    }
    Snapshot snapshot = done.ready.snapshot();
    if (snapshot == null) {
      driven.persisted(done.ready);
    } else {
      installed(snapshot);
      driven.persisted(done.ready);
      driven.applied(snapshot.meta().index(), snapshot.meta().term());
    }
  }

  private void installed(Snapshot snapshot) {
    ClusterState installed = ClusterState.decode(snapshot.reference());
    check(
        installed.appliedIndex() == snapshot.meta().index(),
        "snapshot of index %d holds the state of %d",
        snapshot.meta().index(),
        installed.appliedIndex());
    state = installed;
    snapshotIndex = installed.appliedIndex();
    tellMembers();
  }

  @Override
  public void apply(List<Entry> entries) {
    for (Entry entry : entries) {
      Outcome outcome = apply(entry);
      appliedState().applied(entry.index(), entry.term());
      proposals.applied(entry, outcome);
    }
    driven.applied(entries.getLast().index(), entries.getLast().term());
    tellMembers();
    shortenLog();
  }

  /** A member may have come, gone or moved. */
  void tellMembers() {
    List<Member> now = appliedState().members().all();
    if (!now.equals(toldMembers)) {
      toldMembers = now;
      transport.membersChanged(now);
      mail.greet(now);
    }
  }

  private Outcome apply(Entry entry) {
    try {
      if (entry.kind() == EntryKind.CONF_CHANGE) {
        return applyMembership(ConfChange.decode(entry.data()));
      }
      return entry.data().isEmpty() ? Outcome.DONE : appliedState().apply(entry.data());
    } catch (IllegalArgumentException e) {
      throw Invariant.violated("PD cannot apply entry %d: %s", entry.index(), e);
    }
  }

  private Outcome applyMembership(ConfChange change) {
    ClusterState current = appliedState();
    Outcome outcome = change.context().isEmpty() ? Outcome.DONE : current.apply(change.context());
    current.membershipChanged(raft.applyConfChange(change));
    return outcome;
  }

  private ClusterState appliedState() {
    ClusterState current = state;
    if (current == null) {
      throw Invariant.violated("an entry is committed at member %d, which has no state", memberId);
    }
    return current;
  }

  private void shortenLog() {
    ClusterState current = appliedState();
    long applied = current.appliedIndex();
    long since = applied - snapshotIndex;
    if (since < LOG_ENTRIES_KEPT || (since < LOG_ENTRIES_MAX && log.bytes() < LOG_BYTES_MAX)) {
      return;
    }
    long release = Math.min(applied - LOG_ENTRIES_KEPT, log.lastIndex());
    if (release < log.firstIndex()) {
      return;
    }
    snapshotIndex = applied;
    submit(
        new Outstanding(
            new PdWrite(null, List.of(), null, current.encode(), Map.of(), release), null));
  }

  /**
   * Whether a write of the cache of Regions is under way. Nobody admits these, and without room on
   * the disk none ends: one at a time is all there is room for.
   */
  boolean isSavingRegions() {
    return savingRegions;
  }

  /** Keeps the cache of Regions on disk. */
  void saveRegions(Map<Long, Bytes> regions) {
    savingRegions = true;
    submit(new Outstanding(new PdWrite(null, List.of(), null, null, regions, 0), null));
  }

  /** Tells the other members about Regions. */
  void share(List<RegionRecord> regions) {
    mail.share(appliedState().members().all(), regions);
  }

  @Override
  public void sendSnapshot(SnapshotRequest request) {
    ClusterState current = appliedState();
    boolean useful = current.appliedIndex() >= request.minIndex();
    if (useful) {
      SnapshotMeta meta =
          new SnapshotMeta(current.appliedIndex(), current.appliedTerm(), current.membership());
      Message.InstallSnapshot message =
          raft.sendSnapshot(request.peerId(), new Snapshot(meta, current.encode()));
      if (message != null) {
        send(List.of(message));
      }
    }
    raft.reportSnapshot(request.peerId(), useful);
  }

  @Override
  public void send(List<Message> messages) {
    mail.send(messages);
  }

  // ---- what is known

  long memberId() {
    return memberId;
  }

  PdTransport transport() {
    return transport;
  }

  /** What members say to each other. */
  MemberMail mail() {
    return mail;
  }

  /** Null until a joining member has received its first snapshot. */
  @Nullable ClusterState state() {
    return state;
  }

  DrivenNode driven() {
    return driven;
  }

  boolean isLeading() {
    return raft.role() == RoleKind.LEADER;
  }

  /** The term in which this member leads and has applied an entry of its own; 0 if it does not. */
  long leadership() {
    return driven.leadsWithOwnEntry() ? raft.term() : 0;
  }

  /** Whether nobody else can lead at this moment. */
  boolean hasLease(long nowNanos) {
    return driven.hasLeaseAt(nowNanos);
  }

  /** The leader's member id; 0 if none is known. */
  long leaderId() {
    return raft.leaderId();
  }

  long term() {
    return raft.term();
  }

  Status status() {
    return raft.status();
  }
}
