package dev.terrane.raft;

import static dev.terrane.common.Invariant.check;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One peer with all that a store does for it: a disk whose writes take time, an application that
 * applies later, and crashes. Every step is taken by the test.
 *
 * <p>A crash loses the writes that are under way, all or but a prefix of them, and takes the
 * application back to any moment since its last barrier.
 */
final class Machine {
  private final RaftConfig config;
  private final long id;
  private final RandomGenerator random;
  private final Consumer<Message> network;

  // Durable.
  private final MemoryLog disk;
  private HardState diskState;
  private AppState barrier;

  // Lost in a crash.
  private final List<AppState> sinceBarrier = new ArrayList<>();
  private AppState app;
  private final ArrayDeque<Ready> writing = new ArrayDeque<>();
  private final ArrayDeque<Ready> unreported = new ArrayDeque<>();
  private final ArrayDeque<Object> applying = new ArrayDeque<>(); // Entry or Snapshot
  private final List<ReadOutcome> reads = new ArrayList<>();
  private final List<SnapshotRequest> snapshotRequests = new ArrayList<>();
  private final ArrayDeque<EntriesRequest> entriesRequests = new ArrayDeque<>();
  private @Nullable RawNode node;
  private long roundStarted;

  Machine(
      RaftConfig config,
      long id,
      InitialState initial,
      MemoryLog disk,
      RandomGenerator random,
      Consumer<Message> network) {
    this.config = config;
    this.id = id;
    this.random = random;
    this.network = network;
    this.disk = disk;
    this.diskState = initial.hardState();
    this.barrier =
        new AppState(initial.applied(), disk.term(initial.applied()), initial.membership(), 0);
    this.app = barrier;
    this.node = new RawNode(config, id, initial, disk, random);
  }

  long id() {
    return id;
  }

  boolean isUp() {
    return node != null;
  }

  RawNode node() {
    check(node != null, "peer %d is down", id);
    return Objects.requireNonNull(node);
  }

  MemoryLog disk() {
    return disk;
  }

  HardState diskState() {
    return diskState;
  }

  AppState app() {
    return app;
  }

  List<SnapshotRequest> snapshotRequests() {
    return snapshotRequests;
  }

  /** The outcomes of reads since the last call. */
  List<ReadOutcome> takeReads() {
    List<ReadOutcome> taken = List.copyOf(reads);
    reads.clear();
    return taken;
  }

  /** The round that the last Ready began, once. */
  long takeRoundStarted() {
    long round = roundStarted;
    roundStarted = 0;
    return round;
  }

  boolean isWriting() {
    return !writing.isEmpty();
  }

  boolean hasUnreported() {
    return !unreported.isEmpty();
  }

  boolean isApplying() {
    return !applying.isEmpty();
  }

  /** Takes a Ready if there is one, and begins what it asks for. */
  @Nullable Ready takeReady() {
    if (!node().hasReady()) {
      return null;
    }
    Ready ready = node().ready();
    check(!isEmpty(ready), "Ready %d is empty", ready.number());
    ready.messages().forEach(this::send);
    if (ready.needsSync()) {
      writing.add(ready);
    } else {
      check(ready.hardState() == null, "hard state without a sync");
      check(ready.entries().isEmpty(), "entries without a sync");
      check(ready.afterPersist().isEmpty(), "messages that await nothing");
    }
    if (ready.snapshot() != null) {
      applying.add(ready.snapshot());
    }
    for (Entry entry : ready.committedEntries()) {
      checkMayApply(entry);
      applying.add(entry);
    }
    reads.addAll(ready.reads());
    snapshotRequests.addAll(ready.snapshotRequests());
    entriesRequests.addAll(ready.entriesRequests());
    if (ready.roundStarted() != 0) {
      roundStarted = ready.roundStarted();
    }
    return ready;
  }

  private static boolean isEmpty(Ready ready) {
    return ready.hardState() == null
        && ready.snapshot() == null
        && ready.entries().isEmpty()
        && ready.messages().isEmpty()
        && ready.afterPersist().isEmpty()
        && ready.committedEntries().isEmpty()
        && ready.reads().isEmpty()
        && ready.snapshotRequests().isEmpty()
        && ready.entriesRequests().isEmpty()
        && !ready.needsSync()
        && ready.roundStarted() == 0;
  }

  private void checkMayApply(Entry entry) {
    check(entry.index() <= disk.lastIndex(), "entry %d is not durable here", entry.index());
    if (entry.kind() != EntryKind.NORMAL) {
      check(entry.index() <= diskState.commit(), "commit of %d is not durable", entry.index());
    }
  }

  /** How many writes are under way. */
  int writesUnderWay() {
    return writing.size();
  }

  /** How much has been applied since the barrier. */
  int appliesSinceBarrier() {
    return sinceBarrier.size();
  }

  private void send(Message message) {
    checkMayBeSent(message);
    network.accept(message);
  }

  /** What a message promises must be durable before it leaves. */
  private void checkMayBeSent(Message message) {
    switch (message) {
      case Message.AppendAccepted accepted -> {
        check(
            accepted.matchIndex() <= disk.lastIndex(),
            "accepted %d, durable %d",
            accepted.matchIndex(),
            disk.lastIndex());
        check(accepted.term() <= diskState.term(), "accepted in term %d", accepted.term());
      }
      case Message.VoteResult result when result.granted() ->
          check(
              diskState.term() > result.term()
                  || (diskState.term() == result.term() && diskState.vote() == result.to()),
              "vote of term %d is not durable",
              result.term());
      case Message.RequestVote request ->
          check(diskState.term() >= request.term(), "term %d is not durable", request.term());
      default -> {} // a test may pass over kinds that promise nothing
    }
  }

  /** The oldest write becomes durable; the peer does not know yet. */
  void completeWrite() {
    Ready ready = writing.removeFirst();
    disk.write(ready);
    if (ready.hardState() != null) {
      diskState = ready.hardState();
    }
    // Now, and not when they leave: a write of a later term that has replaced entries may be
    // durable
    // by then, and the message is only late.
    ready.afterPersist().forEach(this::checkMayBeSent);
    unreported.add(ready);
  }

  /** The peer hears of everything durable, and what waited for it is sent. */
  void report() {
    long number = 0;
    while (!unreported.isEmpty()) {
      Ready ready = unreported.removeFirst();
      ready.afterPersist().forEach(network);
      number = ready.number();
    }
    node().persisted(number);
  }

  /** Applies one entry, or installs one snapshot. */
  Object applyNext() {
    Object next = applying.removeFirst();
    switch (next) {
      case Entry entry -> applyEntry(entry);
      case Snapshot snapshot -> {
        app = AppState.of(snapshot);
        sinceBarrier.add(app);
        node().applied(app.applied());
      }
      default -> throw new IllegalStateException("applying " + next);
    }
    return next;
  }

  private void applyEntry(Entry entry) {
    check(entry.index() == app.applied() + 1, "entry %d after %d", entry.index(), app.applied());
    app = app.after(entry);
    sinceBarrier.add(app);
    if (entry.kind() == EntryKind.CONF_CHANGE && !AppState.isRefused(entry)) {
      node().applyConfChange(ConfChange.decode(entry.data()));
    }
    node().applied(entry.index());
  }

  /** Reads from the disk what was asked for first; null if nothing was. */
  @Nullable EntriesRequest readEntries() {
    EntriesRequest request = entriesRequests.poll();
    if (request != null) {
      boolean held = request.before() <= disk.lastIndex() + 1;
      node()
          .entriesRead(
              request,
              held
                  ? disk.entries(request.from(), request.before(), request.bytesMax())
                  : new LogRead.Compacted(disk.firstIndex()));
    }
    return request;
  }

  /** Whether the snapshot next in line to be installed is durable in the log. */
  boolean mayApplyNext() {
    return !applying.isEmpty()
        && !(applying.getFirst() instanceof Snapshot snapshot && !snapshot.equals(disk.snapshot()));
  }

  /** What is applied survives a crash from now on. */
  void barrier() {
    barrier = app;
    sinceBarrier.clear();
  }

  /** Gives up the log through {@code index}, which the barrier covers. */
  void compact(long index) {
    barrier();
    disk.compactThrough(Math.min(index, app.applied()));
  }

  /** Stops at a random moment of everything that is under way. */
  void crash() {
    crash(random.nextInt(writing.size() + 1), random.nextInt(sinceBarrier.size() + 1));
  }

  /**
   * Stops. The first {@code writesDone} writes under way reach the disk; of what was applied since
   * the barrier, the first {@code appliesDone} survive.
   */
  void crash(int writesDone, int appliesDone) {
    for (int i = 0; i < writesDone; i++) {
      completeWrite();
    }
    writing.clear();
    unreported.clear();
    applying.clear();
    reads.clear();
    snapshotRequests.clear();
    entriesRequests.clear();
    roundStarted = 0;
    node = null;
    app = appliesDone == 0 ? barrier : sinceBarrier.get(appliesDone - 1);
    sinceBarrier.clear();
    Snapshot installed = disk.snapshot();
    if (installed != null && installed.meta().index() > app.applied()) {
      app = AppState.of(installed); // its marker in the log makes the store install it again
    }
    barrier = app;
  }

  void restart() {
    check(node == null, "peer %d is up", id);
    node =
        new RawNode(
            config,
            id,
            new InitialState(diskState, app.membership(), app.applied(), true),
            disk,
            random);
  }
}
