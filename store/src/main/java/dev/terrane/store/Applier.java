package dev.terrane.store;

import dev.terrane.common.Bytes;
import dev.terrane.common.Invariant;
import dev.terrane.common.KeyRange;
import dev.terrane.common.TimeSource;
import dev.terrane.common.agent.Agent;
import dev.terrane.common.agent.Inbox;
import dev.terrane.common.agent.Waker;
import dev.terrane.common.region.RegionError;
import dev.terrane.engine.CachedRead;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.EngineException;
import dev.terrane.engine.EngineStalledException;
import dev.terrane.engine.KvEngine;
import dev.terrane.engine.WriteBatch;
import dev.terrane.raft.Entry;
import dev.terrane.store.wire.AppliedPosition;
import dev.terrane.store.wire.EntryFormat;
import dev.terrane.store.wire.RegionKeys;
import dev.terrane.txn.Mutations;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes committed entries of all Regions to the engine, many in one batch that also holds each
 * Region's applied position, and then answers the proposals in them.
 *
 * <p>Only this writes a Region's keys while the Region is open here. An administrative entry ends a
 * batch; nothing of it leaves the applier before a barrier covers it, and the Region's later
 * entries wait for that (design: "What is durable when", rule 1).
 *
 * <p>A crash leaves the engine at the end of some batch; the entries behind it are replayed from
 * the log. An entry may be in several batches, the last of which holds its position: replaying it
 * from its start comes to the same result. The changes of one proposal are in one batch, so that
 * nobody reads a part of them; only what compares is seen earlier than what follows it.
 *
 * <p>A cycle fills in so much and no more, if need be a part of a proposal. What is large by then
 * is written by a thread that may wait, and nothing else is applied until it is.
 *
 * <p>When the disk is full, or the engine has to catch up, it keeps what it has and tries again: a
 * committed entry is never dropped, and nobody who shares its thread waits.
 */
final class Applier implements Agent {
  /** Past it the others on this thread have their turn, if need be in the middle of an entry. */
  static final long CYCLE_BYTES_TARGET = 1 << 20;

  /** The same in changes: of small ones, so many bytes would hold the thread for long. */
  static final int CYCLE_CHANGES_TARGET = 1024;

  /** A batch of more is written elsewhere: it would hold this thread for long. */
  static final long WRITTEN_HERE_BYTES_MAX = 2 * CYCLE_BYTES_TARGET;

  /** The same in changes. */
  static final int WRITTEN_HERE_CHANGES_MAX = 2 * CYCLE_CHANGES_TARGET;

  /** Before a proposal of more begins, what is complete is written, so as not to wait for it. */
  private static final int LARGE_PROPOSAL_BYTES = 16 << 10;

  /** What a comparison counts for, which reads, and writes what comes before it apart. */
  private static final int COMPARISON_CHANGES = 16;

  private static final int TASKS_PER_CYCLE_MAX = 1024;

  /** So many keys that are compared one after the other are read together. */
  private static final int READ_AHEAD_MAX = 128;

  /**
   * Not much less: RocksDB charges a writer that it refuses with what he would have waited for, so
   * that asking again much earlier would never succeed.
   */
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final KvEngine engine;
  private final Inbox<StoreMessage> loop;
  private final DiskExecutor disk;
  private final DiskSpace diskSpace;
  private final MetricsSink metrics;
  private final Inbox<ApplyTask> inbox;
  private final Inbox<WriteEnd> writeEnds = new Inbox<>("applier-writes", 1);
  private final Map<Long, ApplyPeer> peerByRegionId = new HashMap<>();

  private final WriteBatch batch = new WriteBatch();
  private final Set<ApplyPeer> touched = new LinkedHashSet<>();
  private final List<Answer> answers = new ArrayList<>();
  private final List<AppliedRegion> reports = new ArrayList<>();
  private final BatchFiller filler = new BatchFiller();

  /** Goes before the inbox: what waited for a barrier, or for room on the disk. */
  private final ArrayDeque<ApplyTask> backlog = new ArrayDeque<>();

  private final Consumer<ApplyTask> taker = this::take;

  // ---- what the batch had when this cycle began, and what has been written since
  private int changesBefore;
  private long bytesBefore;
  private int changesWritten;
  private long bytesWritten;

  /** Whether the batch is complete and waits only for being written. */
  private boolean positionsAdded;

  /** Whether the batch has a part of a proposal, whose rest is the next to be taken. */
  private boolean partial;

  /** Whether the batch is being written by another thread, which alone may touch it. */
  private boolean writtenElsewhere;

  private long retryAtNanos = NO_DEADLINE;

  /** When this cycle began. */
  private long cycleNanos;

  /** How a write by another thread has ended. */
  private record WriteEnd(@Nullable EngineException failure) {}

  /** What a proposal will hear once the batch is written; null: that it was applied. */
  private record Answer(Proposal proposal, @Nullable RegionError error) {}

  Applier(
      KvEngine engine,
      Inbox<StoreMessage> loop,
      int inboxCapacity,
      DiskExecutor disk,
      DiskSpace diskSpace,
      MetricsSink metrics) {
    this.engine = engine;
    this.loop = loop;
    this.inbox = new Inbox<>("applier", inboxCapacity);
    this.disk = disk;
    this.diskSpace = diskSpace;
    this.metrics = metrics;
  }

  void onMessage(Waker waker) {
    inbox.onMessage(waker);
    writeEnds.onMessage(waker);
  }

  /** Takes {@code task}, from any thread. */
  void submit(ApplyTask task) {
    inbox.put(task);
  }

  @Override
  public String name() {
    return "applier";
  }

  @Override
  public int poll(TimeSource time) {
    long nowNanos = time.nanoTime();
    if (writtenElsewhere && writeEnds.drain(writeEnd -> endWrite(writeEnd, nowNanos), 1) == 0) {
      return 0;
    }
    if (retryAtNanos != NO_DEADLINE) {
      if (nowNanos - retryAtNanos < 0) {
        return 0;
      }
      retryAtNanos = NO_DEADLINE;
    }
    int work = 0;
    cycleNanos = nowNanos;
    changesWritten = 0;
    bytesWritten = 0;
    changesBefore = batch.count();
    bytesBefore = batch.bytes();
    try {
      writeWhatIsComplete(); // what a full disk kept back
      while (work < TASKS_PER_CYCLE_MAX && mayGoOn() && takeNext()) {
        work++;
      }
      writeWhatIsComplete();
    } catch (EngineException e) {
      tryAgainLater(e, nowNanos);
    }
    report();
    return work;
  }

  private boolean mayGoOn() {
    return !cycleIsFull() && !writtenElsewhere && retryAtNanos == NO_DEADLINE;
  }

  private void tryAgainLater(EngineException failure, long nowNanos) {
    if (failure instanceof EngineStalledException) {
      metrics.count("apply_stalls_total", 1); // admission sees it by itself
    } else if (failure.retryable()) {
      diskSpace.engineIsFull(failure.getMessage());
    } else {
      throw failure;
    }
    retryAtNanos = nowNanos + RETRY_NANOS;
  }

  @Override
  public long nextDeadlineNanos() {
    return writtenElsewhere ? NO_DEADLINE : retryAtNanos;
  }

  private boolean cycleIsFull() {
    return changesWritten + batch.count() - changesBefore >= CYCLE_CHANGES_TARGET
        || bytesWritten + batch.bytes() - bytesBefore >= CYCLE_BYTES_TARGET;
  }

  private boolean takeNext() {
    if (backlog.isEmpty()) {
      return inbox.drain(taker, 1) > 0;
    }
    take(backlog.remove());
    return true;
  }

  private void take(ApplyTask task) {
    switch (task) {
      case ApplyTask.Open open ->
          peerByRegionId.put(
              open.regionId(),
              new ApplyPeer(open.regionId(), open.peerId(), open.region(), open.position()));
      case ApplyTask.Entries entries -> {
        ApplyPeer peer = peerByRegionId.get(entries.regionId());
        if (peer == null) {
          answerUndetermined(entries);
        } else if (peer.barrierRuns || peer.readRuns) {
          peer.waiting.add(entries);
        } else {
          apply(peer, entries);
        }
      }
      case ApplyTask.BarrierPassed passed -> resume(passed);
      case ApplyTask.ValueRead read -> {
        if (isOpen(read.peer())) {
          read.peer().read = read;
          goOn(read.peer());
        }
      }
      case ApplyTask.ValueNotRead failed -> {
        if (isOpen(failed.peer())) {
          diskSpace.engineIsFull(failed.reason());
          retryAtNanos = cycleNanos + RETRY_NANOS;
          goOn(failed.peer());
        }
      }
      case ApplyTask.Close close -> close(close);
    }
  }

  private void apply(ApplyPeer peer, ApplyTask.Entries task) {
    List<Entry> entries = task.entries();
    List<ProposalQueue.InLog> proposals = task.proposals();
    int proposal = 0;
    for (int i = 0; i < entries.size(); i++) {
      if (!mayGoOn()) {
        backlog.addFirst(rest(task, i, proposal));
        return;
      }
      Entry entry = entries.get(i);
      Invariant.check(
          entry.index() == peer.position.index() + 1,
          "entry %d follows applied %d in region %d",
          entry.index(),
          peer.position.index(),
          peer.regionId);
      boolean proposedHere =
          proposal < proposals.size() && proposals.get(proposal).index() == entry.index();
      try {
        switch (entry.kind()) {
          case NORMAL -> {
            if (!filler.fill(peer, entry, proposedHere ? proposals.get(proposal) : null)) {
              ApplyTask.Entries rest = rest(task, i, proposal);
              if (peer.readRuns) {
                peer.waiting.add(rest);
              } else {
                backlog.addFirst(rest);
              }
              return;
            }
          }
          case ADMIN, CONF_CHANGE -> peer.change = RegionChanges.apply(peer, entry, batch);
        }
      } catch (EngineException e) {
        backlog.addFirst(rest(task, i, proposal)); // to be tried again, or dropped with the store
        throw e;
      }
      if (proposedHere) {
        proposal++;
      }
      peer.position = new AppliedPosition(entry.index(), entry.term());
      touched.add(peer);
      if (peer.change != null) {
        peer.barrierRuns = true;
        if (i + 1 < entries.size()) {
          peer.waiting.add(rest(task, i + 1, proposal));
        }
        write();
        return;
      }
    }
  }

  private static ApplyTask.Entries rest(ApplyTask.Entries task, int entry, int proposal) {
    return new ApplyTask.Entries(
        task.regionId(),
        task.entries().subList(entry, task.entries().size()),
        task.proposals().subList(proposal, task.proposals().size()));
  }

  private void resume(ApplyTask.BarrierPassed passed) {
    ApplyPeer peer = passed.peer();
    if (!isOpen(peer)) {
      return;
    }
    peer.barrierRuns = false;
    reports.add(peer.report());
    goOn(peer);
  }

  /** Whether it was not closed meanwhile. Opened again, it is another one. */
  private boolean isOpen(ApplyPeer peer) {
    return peerByRegionId.get(peer.regionId) == peer;
  }

  private void goOn(ApplyPeer peer) {
    peer.readRuns = false;
    while (!peer.waiting.isEmpty()) {
      backlog.addFirst(peer.waiting.removeLast());
    }
  }

  private void close(ApplyTask.Close close) {
    try {
      write();
    } catch (EngineException e) {
      backlog.addFirst(close);
      throw e;
    }
    if (writtenElsewhere) {
      backlog.addFirst(close);
      return;
    }
    ApplyPeer peer = peerByRegionId.get(close.regionId());
    if (peer != null && peer.peerId == close.peerId()) {
      peerByRegionId.remove(close.regionId());
      peer.waiting.forEach(this::answerUndetermined);
    }
    report(); // the loop must not hear of what came before afterwards
    loop.put(new StoreMessage.ApplierClosed(close.regionId(), close.peerId()));
  }

  private void answerUndetermined(ApplyTask.Entries task) {
    for (ProposalQueue.InLog entry : task.proposals()) {
      for (Proposal proposal : entry.proposals()) {
        proposal.refused(ProposalQueue.undetermined("the peer was destroyed"));
      }
    }
  }

  private void writeWhatIsComplete() {
    if (!partial) {
      write();
    }
  }

  /**
   * Writes what has gathered, then answers; or has that done by another thread, and answers when it
   * is. Does nothing when there is nothing.
   */
  private void write() {
    if (writtenElsewhere || (batch.isEmpty() && touched.isEmpty())) {
      return;
    }
    addPositions();
    if (batch.count() > WRITTEN_HERE_CHANGES_MAX || batch.bytes() > WRITTEN_HERE_BYTES_MAX) {
      writeElsewhere();
    } else {
      engine.writeNow(batch);
      written();
    }
  }

  private void addPositions() {
    if (!positionsAdded) {
      for (ApplyPeer peer : touched) {
        batch.put(ColumnFamily.REGION, RegionKeys.applied(peer.regionId), peer.position.encode());
      }
      positionsAdded = true;
    }
  }

  private void writeElsewhere() {
    writtenElsewhere = true;
    disk.submit(
        "apply",
        () -> {
          EngineException failure = null;
          try {
            engine.writeNow(batch);
          } catch (EngineException e) {
            failure = e;
          }
          writeEnds.put(new WriteEnd(failure));
        });
  }

  private void endWrite(WriteEnd writeEnd, long nowNanos) {
    writtenElsewhere = false;
    EngineException failure = writeEnd.failure;
    if (failure == null) {
      written();
    } else {
      tryAgainLater(failure, nowNanos);
    }
  }

  /** The batch is in the engine. */
  private void written() {
    metrics.count("apply_batches_total", 1);
    metrics.observe("apply_batch_changes", batch.count());
    changesWritten += batch.count() - changesBefore;
    bytesWritten += batch.bytes() - bytesBefore;
    changesBefore = 0;
    bytesBefore = 0;
    batch.clear();
    positionsAdded = false;
    diskSpace.engineHasRoom();
    for (ApplyPeer peer : touched) {
      if (peer.barrierRuns) {
        startBarrier(peer);
      } else {
        reports.add(peer.report());
      }
    }
    touched.clear();
    for (int i = 0; i < answers.size(); i++) {
      Answer answer = answers.get(i);
      if (answer.error == null) {
        answer.proposal.applied();
      } else {
        answer.proposal.refused(answer.error);
      }
    }
    answers.clear();
  }

  /** Holds back the Region, and what its change means to others, until the change is durable. */
  private void startBarrier(ApplyPeer peer) {
    ApplyTask passed = new ApplyTask.BarrierPassed(peer);
    disk.submit(
        "barrier-after-admin",
        () -> {
          engine.barrier();
          submit(passed);
        });
  }

  /** Reads the first of {@code keys} for the step that waits, and has memory know the others. */
  private void startRead(ApplyPeer peer, ColumnFamily family, List<Bytes> keys) {
    peer.readRuns = true;
    disk.submit(
        "read-before-delete",
        () -> {
          ApplyTask read;
          try {
            Bytes value = engine.multiGet(family, keys).getFirst();
            read = new ApplyTask.ValueRead(peer, value);
          } catch (EngineException e) {
            if (!e.retryable()) {
              throw e;
            }
            read = new ApplyTask.ValueNotRead(peer, String.valueOf(e.getMessage()));
          }
          submit(read);
        });
  }

  private void report() {
    if (!reports.isEmpty()) {
      loop.put(new StoreMessage.Applied(List.copyOf(reports)));
      reports.clear();
    }
  }

  /**
   * A change has to wait for a value that only the disk has; it is shown again when that is read.
   */
  private static final class ReadNeeded extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ReadNeeded() {
      super(null, null, false, false);
    }
  }

  /** The keys that changes compare, one after the other, up to a change of another kind. */
  private static final class Compared implements Mutations.Visitor {
    final List<Bytes> keys = new ArrayList<>();
    ColumnFamily family = ColumnFamily.DEFAULT;
    private boolean over;

    /** Those of {@code changes}, which are not taken for it; the first is one of them. */
    static Compared nextOf(Mutations.Walk changes) {
      Compared compared = new Compared();
      Mutations.Walk ahead = changes.copy();
      while (!compared.over && compared.keys.size() < READ_AHEAD_MAX && ahead.next(compared)) {}
      return compared;
    }

    @Override
    public void put(ColumnFamily of, Bytes key, Bytes value) {
      over = true;
    }

    @Override
    public void delete(ColumnFamily of, Bytes key) {
      over = true;
    }

    @Override
    public void deleteRange(ColumnFamily of, KeyRange range) {
      over = true;
    }

    @Override
    public void deleteIfEndsWith(ColumnFamily of, Bytes key, Bytes suffix) {
      if (keys.isEmpty()) {
        family = of;
      }
      if (of == family) {
        keys.add(key);
      } else {
        over = true;
      }
    }
  }

  /** Turns the proposals of NORMAL entries into changes of the batch. */
  private final class BatchFiller implements EntryFormat.Visitor, Mutations.Visitor {
    private @Nullable ApplyPeer peer;
    private @Nullable EntryInHand inHand;

    /**
     * Begins {@code entry}, or goes on with it; false if its rest is for the next cycle, or for
     * when a value has been read that the peer waits for.
     */
    boolean fill(ApplyPeer newPeer, Entry entry, ProposalQueue.@Nullable InLog inLog) {
      EntryInHand begun = newPeer.inHand;
      if (begun == null) {
        begun = new EntryInHand(new EntryFormat.Walk(entry.data()), inLog);
        newPeer.inHand = begun; // kept, too, if the disk is full in the middle of it
      }
      peer = newPeer;
      inHand = begun;
      boolean complete = goOn(begun);
      if (complete) {
        newPeer.inHand = null;
      }
      peer = null;
      inHand = null;
      return complete;
    }

    private boolean goOn(EntryInHand entry) {
      do {
        if (!changesOf(entry)) {
          return false;
        }
      } while (entry.proposals.next(this));
      return true;
    }

    /** Goes on with the changes of the proposal in hand; whether they are complete. */
    private boolean changesOf(EntryInHand entry) {
      Mutations.Walk changes = entry.changes;
      if (changes == null) {
        return true;
      }
      if (!partial
          && (entry.changeBytes > LARGE_PROPOSAL_BYTES || batch.count() >= CYCLE_CHANGES_TARGET)) {
        write();
        if (!mayGoOn()) {
          return false; // nor is an empty proposal complete before what precedes it
        }
      }
      while (changes.hasNext()) {
        if (!mayGoOn()) {
          return false;
        }
        try {
          changes.next(this);
        } catch (ReadNeeded e) {
          Compared compared = Compared.nextOf(changes);
          startRead(peer(), compared.family, compared.keys);
          return false;
        }
        partial = !batch.isEmpty();
      }
      partial = false;
      entry.changes = null;
      answer(entry, null);
      return true;
    }

    private ApplyPeer peer() {
      if (peer == null) {
        throw Invariant.violated("changes outside of an entry");
      }
      return peer;
    }

    @Override
    public void proposal(long requestId, long epochVersion, Bytes payload) {
      EntryInHand entry = inHand;
      if (entry == null) {
        throw Invariant.violated("proposal %d outside of an entry", requestId);
      }
      if (entry.inLog != null) {
        long proposed = entry.inLog.proposals().get(entry.ordinal).requestId();
        Invariant.check(
            proposed == requestId, "request %d where %d was proposed", requestId, proposed);
      }
      if (epochVersion == peer().region.epoch().version()) {
        entry.changes = Mutations.decode(payload).walk();
        entry.changeBytes = payload.length();
      } else {
        answer(entry, new RegionError.EpochNotMatch(List.of(peer().region)));
      }
    }

    /** What the proposal in hand will hear; then it is the next one's turn. */
    private void answer(EntryInHand entry, @Nullable RegionError error) {
      if (entry.inLog != null) {
        answers.add(new Answer(entry.inLog.proposals().get(entry.ordinal), error));
      }
      entry.ordinal++;
    }

    @Override
    public void put(ColumnFamily family, Bytes key, Bytes value) {
      checkKey(key);
      count(key.length() + value.length());
      batch.put(family, key, value);
    }

    @Override
    public void delete(ColumnFamily family, Bytes key) {
      checkKey(key);
      count(key.length());
      batch.delete(family, key);
    }

    @Override
    public void deleteRange(ColumnFamily family, KeyRange range) {
      Invariant.check(
          peer().region.range().contains(range),
          "range %s is deleted in region %s",
          range,
          peer().region);
      count(range.start().length() + range.end().length());
      batch.deleteRange(family, range);
    }

    /** Compares with what earlier changes left, so these are written first. */
    @Override
    public void deleteIfEndsWith(ColumnFamily family, Bytes key, Bytes suffix) {
      checkKey(key);
      if (!batch.isEmpty()) {
        addPositions();
        engine.writeNow(batch);
        written();
        partial = false;
      }
      CachedRead current = current(family, key);
      if (current instanceof CachedRead.NeedsDisk) {
        throw new ReadNeeded();
      }
      changesWritten += COMPARISON_CHANGES;
      if (current instanceof CachedRead.Found(Bytes value)
          && value.length() >= suffix.length()
          && value.from(value.length() - suffix.length()).equals(suffix)) {
        delete(family, key);
      }
    }

    private CachedRead current(ColumnFamily family, Bytes key) {
      ApplyTask.ValueRead read = peer().read;
      if (read == null) {
        return engine.getCached(family, key);
      }
      peer().read = null; // nobody else has written the Region since
      Bytes value = read.value();
      return value == null ? CachedRead.ABSENT : new CachedRead.Found(value);
    }

    private void checkKey(Bytes key) {
      ApplyPeer current = peer();
      if (!current.region.range().contains(key)) {
        throw Invariant.violated("key %s is written in region %s", key, current.region);
      }
    }

    private void count(long bytes) {
      ApplyPeer current = peer();
      current.bytesWritten += bytes;
      current.keysWritten++;
    }
  }
}
