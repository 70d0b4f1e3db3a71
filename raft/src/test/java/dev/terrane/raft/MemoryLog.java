package dev.terrane.raft;

import static dev.terrane.common.Invariant.check;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The durable part of a log, in memory: what a simulated disk holds of one peer. */
public final class MemoryLog implements LogStorage {
  private final List<Entry> entries = new ArrayList<>();
  private long startIndex; // the index and term before the first entry
  private long startTerm;
  private @Nullable Snapshot snapshot;
  private int inMemoryMax = Integer.MAX_VALUE;

  public MemoryLog(long startIndex, long startTerm) {
    this.startIndex = startIndex;
    this.startTerm = startTerm;
  }

  MemoryLog() {
    this(0, 0);
  }

  @Override
  public long firstIndex() {
    return startIndex + 1;
  }

  @Override
  public long lastIndex() {
    return startIndex + entries.size();
  }

  @Override
  public long term(long index) {
    if (index == startIndex) {
      return startTerm;
    }
    return index < firstIndex() || index > lastIndex() ? 0 : at(index).term();
  }

  @Override
  public LogRead entries(long lo, long hi, long maxBytes) {
    check(lo < hi, "read from %d before %d", lo, hi);
    check(hi <= lastIndex() + 1, "read before %d beyond %d", hi, lastIndex());
    if (lo < firstIndex()) {
      return new LogRead.Compacted(firstIndex());
    }
    List<Entry> found = new ArrayList<>();
    long bytes = 0;
    for (long index = lo; index < hi; index++) {
      bytes += at(index).sizeBytes();
      if (bytes > maxBytes && !found.isEmpty()) {
        break;
      }
      found.add(at(index));
    }
    return new LogRead.Found(found);
  }

  @Override
  public @Nullable LogRead entriesInMemory(long lo, long hi, long maxBytes) {
    return lo <= lastIndex() - inMemoryMax ? null : entries(lo, hi, maxBytes);
  }

  /** All but the last {@code count} entries have to be read as from a disk. */
  void keepInMemory(int count) {
    inMemoryMax = count;
  }

  Entry at(long index) {
    return entries.get((int) (index - firstIndex()));
  }

  /** The snapshot that this log starts from, if it was installed. */
  @Nullable Snapshot snapshot() {
    return snapshot;
  }

  /** Writes what a Ready asks for, as the Raft log would. */
  public void write(Ready ready) {
    Snapshot installed = ready.snapshot();
    if (installed != null) {
      entries.clear();
      startIndex = installed.meta().index();
      startTerm = installed.meta().term();
      snapshot = installed;
    }
    append(ready.entries());
  }

  /** Each entry replaces what is at its index and all that follows. */
  void append(List<Entry> added) {
    for (Entry entry : added) {
      check(entry.index() <= lastIndex() + 1, "gap before %d", entry.index());
      check(entry.index() > startIndex, "entry %d is compacted", entry.index());
      while (lastIndex() >= entry.index()) {
        entries.removeLast();
      }
      entries.add(entry);
    }
  }

  /** Forgets the entries through {@code index}. */
  void compactThrough(long index) {
    check(index <= lastIndex(), "compaction through %d beyond %d", index, lastIndex());
    if (index > startIndex) {
      startTerm = term(index);
      entries.subList(0, (int) (index - startIndex)).clear();
      startIndex = index;
    }
  }
}
