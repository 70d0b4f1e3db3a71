package dev.terrane.raft;

import static dev.terrane.common.Invariant.check;

import dev.terrane.common.Invariant;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The log of one peer: a durable prefix in {@link LogStorage}, and the newest entries in memory.
 *
 * <p>Invariants: {@code firstIndex - 1 <= applied <= handedOut <= committed <= lastIndex}; {@code
 * committed} and {@code applied} never go back; what is handed out is also durable here. An entry
 * stays in memory until it is durable, and beyond that until it is handed out, within a limit.
 *
 * <p>Confined to the owner's thread. A crash loses what is not yet reported durable, which is safe:
 * nobody was told that it is.
 *
 * <p>Index 0 and term 0 mean "none". Sizes are {@link Entry#sizeBytes}. Raft paper, section 5.3.
 */
final class RaftLog {
  private static final long SCAN_BYTES = 1 << 20;

  private final LogStorage storage;
  private final LogTail tail;
  private final long retainedBytesMax;
  private final EntryBudget budget;

  /** Membership changes that are not applied, ascending: few, and small. */
  private final ArrayDeque<Entry> confChanges = new ArrayDeque<>(1);

  /** Indexes not handed out whose entries must await a durable commit; the values are not used. */
  private final LongRing gated = new LongRing();

  /** What is handed out and not applied, as (last index, bytes). */
  private final LongRing applying = new LongRing();

  /** The same, as (last index, number of entries). */
  private final LongRing applyingCounts = new LongRing();

  private long applyingBytes;

  /** What the budget was last told to be in memory. */
  private long keptBytes;

  /**
   * What is to be handed out next and only on disk: from the request to the answer its first index,
   * then the entries; else 0, and none.
   */
  private long fetching;

  private @Nullable EntriesRequest fetch;
  private List<Entry> fetched = List.of();

  /** What the budget was last told of that. */
  private long readingBytes;

  private long committed;
  private long applied;
  private long handedOut;

  /** The last index that went out to be persisted. */
  private long emitted;

  /** The last durable index of this log; meaningless while {@link #unpersistedSnapshot}. */
  private long persisted;

  private @Nullable Snapshot unpersistedSnapshot;
  private boolean snapshotEmitted;

  /** Index of a snapshot that is accepted and not yet installed; else 0. */
  private long installing;

  RaftLog(
      LogStorage storage, long committed, long applied, long retainedBytesMax, EntryBudget budget) {
    this.storage = storage;
    this.budget = budget;
    this.retainedBytesMax = retainedBytesMax;
    long last = storage.lastIndex();
    check(applied >= storage.firstIndex() - 1, "applied %d, log starts later", applied);
    check(applied <= last, "applied %d > last %d", applied, last);
    check(committed <= last, "committed %d > last %d", committed, last);
    this.applied = applied;
    this.handedOut = applied;
    this.committed = Math.max(committed, applied);
    this.persisted = last;
    this.emitted = last;
    this.tail = new LogTail(last + 1);
    scan(applied + 1, last);
  }

  private void scan(long first, long last) {
    long next = first;
    while (next <= last) {
      List<Entry> entries =
          switch (storage.entries(next, last + 1, SCAN_BYTES)) {
            case LogRead.Found found -> found.entries();
            case LogRead.Compacted compacted ->
                throw Invariant.violated(
                    "log starts at %d, needed from %d", compacted.firstIndex(), next);
          };
      check(!entries.isEmpty(), "no entry at %d", next);
      for (int i = 0; i < entries.size(); i++) {
        noteKind(entries.get(i));
      }
      next = entries.getLast().index() + 1;
    }
  }

  private void noteKind(Entry entry) {
    if (entry.kind() == EntryKind.NORMAL) {
      return;
    }
    gated.add(entry.index(), 0);
    if (entry.kind() == EntryKind.CONF_CHANGE) {
      confChanges.add(entry);
    }
  }

  long firstIndex() {
    return unpersistedSnapshot == null
        ? storage.firstIndex()
        : unpersistedSnapshot.meta().index() + 1;
  }

  long lastIndex() {
    return tail.lastIndex();
  }

  long lastTerm() {
    return term(lastIndex());
  }

  long committed() {
    return committed;
  }

  long applied() {
    return applied;
  }

  /** The index of the first membership change that is not applied, or is being applied now. */
  long firstConfChange() {
    return confChanges.getFirst().index();
  }

  /** The first membership change that is committed and not applied; null if there is none. */
  @Nullable Entry committedConfChange() {
    Entry first = confChanges.peekFirst();
    return first != null && first.index() <= committed ? first : null;
  }

  /** The last durable index of this log; 0 while a snapshot replaces it. */
  long persistedIndex() {
    return unpersistedSnapshot == null ? persisted : 0;
  }

  /** Whether a snapshot is accepted but not installed yet. */
  boolean isInstalling() {
    return installing != 0;
  }

  /** Whether a membership change at or below the commit index is not applied. */
  boolean hasCommittedConfChange() {
    return !confChanges.isEmpty() && confChanges.getFirst().index() <= committed;
  }

  /** Whether any membership change in the log is not applied, committed or not. */
  boolean hasConfChange() {
    return !confChanges.isEmpty();
  }

  /** The term at {@code index}; 0 if the log does not know it (any more). */
  long term(long index) {
    if (index >= tail.firstIndex()) {
      return index <= tail.lastIndex() ? tail.get(index).term() : 0;
    }
    if (unpersistedSnapshot != null) {
      SnapshotMeta meta = unpersistedSnapshot.meta();
      return index == meta.index() ? meta.term() : 0;
    }
    return storage.term(index);
  }

  boolean matches(long index, long term) {
    return index <= lastIndex() && index >= firstIndex() - 1 && term(index) == term;
  }

  /** Whether a log that ends so is at least as complete as this one. Raft paper, 5.4.1. */
  boolean isUpToDate(long otherLastIndex, long otherLastTerm) {
    long lastTerm = lastTerm();
    return otherLastTerm > lastTerm || (otherLastTerm == lastTerm && otherLastIndex >= lastIndex());
  }

  /**
   * The largest index, at most {@code index}, whose term is at most {@code term}: where two logs
   * can agree at best, if the other has {@code term} at {@code index}. Before the log if all is
   * newer.
   */
  long lastIndexOfTermAtMost(long index, long term) {
    long low = firstIndex() - 1; // the answer if nothing above fits
    long high = Math.min(index, lastIndex());
    while (low < high) {
      long middle = high - (high - low) / 2;
      if (term(middle) <= term) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    long found = term(low) <= term ? low : low - 1; // before the log: only a snapshot can help
    return Math.min(found, index);
  }

  /** Entries from {@code lo} on, within the limits but at least one; {@code lo <= lastIndex}. */
  LogRead entries(long lo, long maxBytes, int maxCount) {
    return entries(lo, lastIndex() + 1, maxBytes, maxCount);
  }

  /** The same, but null if the first of them is on disk only. */
  @Nullable LogRead entriesInMemory(long lo, long maxBytes, int maxCount) {
    return lo >= tail.firstIndex() || lo < firstIndex()
        ? entries(lo, maxBytes, maxCount)
        : storage.entriesInMemory(lo, storedEnd(lo, lastIndex() + 1, maxCount), maxBytes);
  }

  /** Where a read from storage of {@code maxCount} entries ends, given that {@code lo} is there. */
  long storedEnd(long lo, int maxCount) {
    return storedEnd(lo, lastIndex() + 1, maxCount);
  }

  private long storedEnd(long lo, long hi, int maxCount) {
    long end = Math.min(hi, tail.firstIndex());
    return maxCount < end - lo ? lo + maxCount : end;
  }

  private LogRead entries(long lo, long hi, long maxBytes, int maxCount) {
    if (lo >= tail.firstIndex()) {
      return new LogRead.Found(tail.slice(lo, hi, maxBytes, maxCount));
    }
    if (lo < firstIndex()) {
      return new LogRead.Compacted(firstIndex());
    }
    return storage.entries(lo, storedEnd(lo, hi, maxCount), maxBytes);
  }

  /** Appends an entry of this leader. */
  void append(Entry entry) {
    tail.append(entry);
    noteKind(entry);
    noteKept();
  }

  private void noteKept() {
    long now = tail.bytes();
    if (now != keptBytes) {
      budget.kept(now - keptBytes);
      keptBytes = now;
    }
  }

  private void noteReading(long bytes) {
    if (bytes != readingBytes) {
      budget.reading(bytes - readingBytes);
      readingBytes = bytes;
    }
  }

  /** Gives back what the budget was told. */
  void close() {
    budget.kept(-keptBytes);
    keptBytes = 0;
    noteReading(0);
    while (!applying.isEmpty()) {
      noteApplied();
    }
  }

  /** Drops the entries from {@code index} on, which a leader's append is about to replace. */
  void replaceFrom(long index) {
    check(index > committed, "entry %d is committed through %d", index, committed);
    tail.truncateFrom(index);
    noteKept();
    persisted = Math.min(persisted, index - 1);
    emitted = Math.min(emitted, index - 1);
    while (!confChanges.isEmpty() && confChanges.getLast().index() >= index) {
      confChanges.removeLast();
    }
    while (!gated.isEmpty() && gated.lastKey() >= index) {
      gated.removeLast();
    }
  }

  /** Whether commit moved. */
  boolean commitTo(long index) {
    if (index <= committed) {
      return false;
    }
    check(index <= lastIndex(), "commit %d > last %d", index, lastIndex());
    committed = index;
    return true;
  }

  /** Replaces the whole log. */
  void restore(Snapshot snapshot) {
    long index = snapshot.meta().index();
    check(index > committed, "snapshot %d <= committed %d", index, committed);
    tail.restartAt(index + 1);
    noteKept();
    confChanges.clear();
    committed = index;
    handedOut = index;
    emitted = index;
    persisted = 0;
    gated.clear();
    fetching = 0;
    fetch = null;
    fetched = List.of();
    noteReading(0);
    unpersistedSnapshot = snapshot;
    snapshotEmitted = false;
    installing = index;
  }

  boolean hasUnemitted() {
    return emitted < lastIndex() || (unpersistedSnapshot != null && !snapshotEmitted);
  }

  /** The entries to be persisted next; from then on they count as on their way. */
  List<Entry> takeUnemitted() {
    List<Entry> entries =
        emitted == lastIndex()
            ? List.of()
            : tail.slice(emitted + 1, lastIndex() + 1, Long.MAX_VALUE, Integer.MAX_VALUE);
    emitted = lastIndex();
    return entries;
  }

  @Nullable Snapshot takeUnemittedSnapshot() {
    if (snapshotEmitted) {
      return null;
    }
    snapshotEmitted = unpersistedSnapshot != null;
    return unpersistedSnapshot;
  }

  /** Entries through {@code index} are durable, and the snapshot that the log starts from is. */
  void persistedTo(long index) {
    persisted = Math.max(persisted, index);
    releaseTail();
  }

  void snapshotPersisted(long index) {
    if (unpersistedSnapshot != null && unpersistedSnapshot.meta().index() == index) {
      unpersistedSnapshot = null;
      persisted = index;
    }
  }

  private void releaseTail() {
    while (tail.firstIndex() <= persisted
        && tail.firstIndex() <= tail.lastIndex()
        && (tail.firstIndex() <= handedOut
            || tail.bytes() > retainedBytesMax
            || !budget.mayKeep())) {
      tail.removeFirst();
      noteKept();
    }
  }

  /** Whether {@link #takeCommitted} has something, if {@code applyingBytesMax} may be waiting. */
  boolean hasCommitted(long applyingBytesMax, long durableCommit) {
    return installing == 0
        && fetching == 0
        && applyingBytes < applyingBytesMax
        && handedOut + 1 < committedEnd(durableCommit)
        && (!fetched.isEmpty() || budget.mayHandOut());
  }

  /** Whether a committed entry is held back until a larger commit index is durable. */
  boolean wantsDurableCommit(long durableCommit) {
    long first = firstGatedAbove(durableCommit);
    return first != 0 && first <= committed;
  }

  /** Where what may be handed out ends: before the first entry that must wait for commit. */
  private long committedEnd(long durableCommit) {
    long end = Math.min(committed, persisted) + 1;
    long first = firstGatedAbove(durableCommit);
    return first == 0 ? end : Math.min(end, first);
  }

  private long firstGatedAbove(long durableCommit) {
    for (int i = 0; i < gated.size(); i++) {
      if (gated.key(i) > durableCommit) {
        return gated.key(i);
      }
    }
    return 0;
  }

  /**
   * The next entries to apply, of {@code maxBytes} but at least one. Ends before an entry other
   * than {@link EntryKind#NORMAL} that is not covered by {@code durableCommit}. None if they have
   * to be read first, see {@link #takeFetch}.
   */
  List<Entry> takeCommitted(long maxBytes, long durableCommit) {
    long end = committedEnd(durableCommit);
    List<Entry> entries = committedInMemory(end, maxBytes);
    if (entries.isEmpty()) {
      fetching = handedOut + 1;
      fetch =
          new EntriesRequest(
              EntriesRequest.Use.APPLY, 0, fetching, Math.min(end, tail.firstIndex()), maxBytes);
      noteReading(maxBytes);
      return entries;
    }
    long bytes = bytesOf(entries);
    handedOut += entries.size();
    applying.add(handedOut, bytes);
    applyingCounts.add(handedOut, entries.size());
    applyingBytes += bytes;
    budget.handedOut(entries.size(), bytes);
    noteReading(0);
    while (!gated.isEmpty() && gated.firstKey() <= handedOut) {
      gated.removeFirst();
    }
    releaseTail();
    return entries;
  }

  private static long bytesOf(List<Entry> entries) {
    long bytes = 0;
    for (int i = 0; i < entries.size(); i++) {
      bytes += entries.get(i).sizeBytes();
    }
    return bytes;
  }

  /** Those that follow what is handed out, before {@code end}; none if only the disk has them. */
  private List<Entry> committedInMemory(long end, long maxBytes) {
    long from = handedOut + 1;
    List<Entry> arrived = fetched;
    fetched = List.of();
    if (!arrived.isEmpty() && arrived.getFirst().index() == from) {
      return arrived.subList(0, (int) Math.min(arrived.size(), end - from));
    }
    if (from >= tail.firstIndex()) {
      return tail.slice(from, end, maxBytes, Integer.MAX_VALUE);
    }
    @Nullable LogRead read =
        from < firstIndex()
            ? new LogRead.Compacted(firstIndex())
            : storage.entriesInMemory(from, Math.min(end, tail.firstIndex()), maxBytes);
    return switch (read) {
      case null -> List.of();
      case LogRead.Found found -> found.entries();
      case LogRead.Compacted compacted ->
          throw Invariant.violated(
              "log starts at %d, applied only %d", compacted.firstIndex(), applied);
    };
  }

  /** What {@link #takeCommitted} wants read from the disk, once; null if nothing. */
  @Nullable EntriesRequest takeFetch() {
    EntriesRequest wanted = fetch;
    fetch = null;
    return wanted;
  }

  /** What the disk had; of no use if a snapshot has taken its place. */
  void fetched(long from, LogRead read) {
    if (from == fetching) {
      fetching = 0;
      fetched = read instanceof LogRead.Found found ? found.entries() : List.of();
      noteReading(bytesOf(fetched));
    }
  }

  /** Everything through {@code index} is applied, by entries or by a snapshot. */
  void applied(long index) {
    check(index >= applied, "applied %d after %d", index, applied);
    check(index <= handedOut, "applied %d > handed out %d", index, handedOut);
    applied = index;
    while (!applying.isEmpty() && applying.firstKey() <= index) {
      noteApplied();
    }
    while (!confChanges.isEmpty() && confChanges.getFirst().index() <= index) {
      confChanges.removeFirst();
    }
    if (index >= installing) {
      installing = 0;
    }
  }

  /** The first that were handed out are applied, or nobody will hear of it. */
  private void noteApplied() {
    budget.handedOut(-applyingCounts.firstValue(), -applying.firstValue());
    applyingBytes -= applying.firstValue();
    applying.removeFirst();
    applyingCounts.removeFirst();
  }
}
