package dev.terrane.pd;

import static dev.terrane.common.Invariant.check;

import dev.terrane.pd.PdWrite.LogBase;
import dev.terrane.raft.Entry;
import dev.terrane.raft.LogRead;
import dev.terrane.raft.LogStorage;
import java.util.ArrayList;
import java.util.List;

/**
 * The durable log of a member, mirrored in memory: it is short, because the state is small and
 * snapshots of it are cheap. So the member never reads its disk once it runs.
 *
 * <p>Invariant: {@code entries} are consecutive and the first follows on the base. Confined to the
 * member's thread. Indexes at or before the base are released.
 */
final class MemberLog implements LogStorage {
  private LogBase base;
  private final List<Entry> entries;
  private long bytes;

  MemberLog(LogBase base, List<Entry> recovered) {
    this.base = base;
    this.entries = new ArrayList<>(recovered);
    long expected = base.index();
    for (Entry entry : recovered) {
      expected++;
      check(entry.index() == expected, "log has %d where %d belongs", entry.index(), expected);
      bytes += entry.sizeBytes();
    }
  }

  /** Takes in what is durable now. */
  void written(PdWrite write) {
    if (write.reset() != null) {
      base = write.reset();
      entries.clear();
      bytes = 0;
    }
    if (!write.entries().isEmpty()) {
      truncateFrom(write.entries().getFirst().index());
      for (Entry entry : write.entries()) {
        entries.add(entry);
        bytes += entry.sizeBytes();
      }
    }
    if (write.releaseThrough() > base.index()) {
      release(write.releaseThrough());
    }
  }

  private void truncateFrom(long index) {
    check(index > base.index() && index <= lastIndex() + 1, "append at %d", index);
    while (lastIndex() >= index) {
      bytes -= entries.removeLast().sizeBytes();
    }
  }

  private void release(long index) {
    check(index <= lastIndex(), "release through %d of %d", index, lastIndex());
    LogBase newBase = new LogBase(index, term(index));
    List<Entry> released = entries.subList(0, (int) (index - base.index()));
    for (Entry entry : released) {
      bytes -= entry.sizeBytes();
    }
    released.clear();
    base = newBase;
  }

  /** Of all entries held. */
  long bytes() {
    return bytes;
  }

  @Override
  public long firstIndex() {
    return base.index() + 1;
  }

  @Override
  public long lastIndex() {
    return base.index() + entries.size();
  }

  @Override
  public long term(long index) {
    if (index == base.index()) {
      return base.term();
    }
    return index < firstIndex() || index > lastIndex() ? 0 : at(index).term();
  }

  private Entry at(long index) {
    return entries.get((int) (index - firstIndex()));
  }

  @Override
  public LogRead entries(long lo, long hi, long maxBytes) {
    if (lo < firstIndex()) {
      return new LogRead.Compacted(firstIndex());
    }
    List<Entry> found = new ArrayList<>();
    long size = 0;
    for (long index = lo; index < hi; index++) {
      Entry entry = at(index);
      size += entry.sizeBytes();
      if (!found.isEmpty() && size > maxBytes) {
        break;
      }
      found.add(entry);
    }
    return new LogRead.Found(found);
  }
}
