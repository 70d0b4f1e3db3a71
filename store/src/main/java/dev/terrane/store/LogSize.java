package dev.terrane.store;

import dev.terrane.raft.Entry;
import java.util.ArrayDeque;
import java.util.List;

/**
 * About how large one peer's log is, and where to cut it to make it a given size: marks at even
 * distances instead of a size for each entry. Entries from before a restart count as nothing.
 *
 * <p>Confined to the store loop.
 */
final class LogSize {
  private static final long MARK_BYTES = 256 << 10;

  /** Everything up to {@code index} is about {@code bytes} of all that was ever counted. */
  private record Mark(long index, long bytes) {}

  private final ArrayDeque<Mark> marks = new ArrayDeque<>();
  private long lastIndex;
  private long countedBytes;
  private long releasedBytes;

  LogSize(long lastIndex) {
    this.lastIndex = lastIndex;
    marks.add(new Mark(lastIndex, 0));
  }

  /** Entries that are overwritten later stay counted: an estimate, and rare. */
  void appended(List<Entry> entries) {
    for (Entry entry : entries) {
      countedBytes += entry.sizeBytes();
      lastIndex = entry.index();
    }
    if (countedBytes - marks.getLast().bytes >= MARK_BYTES) {
      marks.add(new Mark(lastIndex, countedBytes));
    }
  }

  long bytes() {
    return countedBytes - releasedBytes;
  }

  /** The last index to release so that about {@code keepBytes} are left; 0 for none. */
  long releasePoint(long keepBytes) {
    long point = 0;
    for (Mark mark : marks) {
      if (countedBytes - mark.bytes < keepBytes) {
        break;
      }
      point = mark.index;
    }
    return point;
  }

  /** Everything through {@code index} has been released. */
  void released(long index) {
    while (marks.size() > 1 && marks.getFirst().index <= index) {
      releasedBytes = marks.removeFirst().bytes;
    }
    if (marks.getFirst().index <= index) {
      releasedBytes = marks.getFirst().bytes;
    }
  }

  /** A snapshot has replaced the log. */
  void reset(long index) {
    marks.clear();
    lastIndex = index;
    releasedBytes = countedBytes;
    marks.add(new Mark(index, countedBytes));
  }
}
