package dev.terrane.engine.log;

import dev.terrane.raft.Entry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Decides when the oldest segment is given back, and collects what is still needed of it, to be
 * written again behind everything else.
 *
 * <p>A segment is worth it when less than half of it is live, or when the whole log is above its
 * target size and less than half of that is live. Live bytes are counted as what rewriting them
 * takes at most, so each pass gains space and an idle log comes to rest.
 *
 * <p>Belongs to the log writer. Keeps nothing that a crash could lose: what was written again is as
 * good as the original, and the segment goes only when nothing in it is needed.
 */
final class Reclaimer {
  private final Segments segments;
  private final LogIndex index;
  private final EntrySource source;
  private final long totalBytesTarget;

  /** Regions that may need something of segment {@link #segmentNumber}; new ones never do. */
  private final Deque<Long> regions = new ArrayDeque<>();

  private long segmentNumber;

  /** Reads entries of a Region, as {@link RaftLogEngine#entries} does. */
  interface EntrySource {
    List<Entry> read(RegionLog log, long startIndex, long endIndex, long bytesMax);
  }

  Reclaimer(Segments segments, LogIndex index, EntrySource source, long totalBytesTarget) {
    this.segments = segments;
    this.index = index;
    this.source = source;
    this.totalBytesTarget = totalBytesTarget;
  }

  /** Whether the oldest segment should go. */
  boolean isDue() {
    List<Segment> byAge = segments.byAge();
    if (byAge.size() < 2) {
      return false;
    }
    Segment oldest = byAge.getFirst();
    if (2 * oldest.liveBytes() < oldest.end() || oldest.number() == segmentNumber) {
      return true; // a segment once begun is finished
    }
    long total = segments.totalBytes();
    return total > totalBytesTarget && 2 * segments.liveBytes() < total;
  }

  /** The next steps that repeat what is live in the oldest segment; none once nothing is. */
  List<LogOp> collect(int bytesMax) {
    Segment oldest = segments.oldest();
    if (oldest.liveBytes() == 0) {
      return List.of();
    }
    if (oldest.number() != segmentNumber) {
      segmentNumber = oldest.number();
      regions.clear();
      regions.addAll(index.regionsThatNeed(segmentNumber));
    }
    Collected collected = new Collected(bytesMax);
    for (LogOp op : index.repeated(segmentNumber)) {
      if (collected.isFull()) {
        return collected.ops;
      }
      collected.add(op);
    }
    while (!regions.isEmpty() && !collected.isFull()) {
      RegionLog log = index.find(regions.getFirst());
      if (log == null || collect(log, collected)) {
        regions.removeFirst();
      }
    }
    return collected.ops;
  }

  /** What was collected last could not be written: it is to be collected again. */
  void startOver() {
    segmentNumber = 0;
    regions.clear();
  }

  /** Returns whether all that the Region needs of the segment is in {@code collected}. */
  private boolean collect(RegionLog log, Collected collected) {
    if (log.needsHardStateOf(segmentNumber)) {
      var state = log.hardState();
      if (state != null) {
        collected.add(new LogOp.SetHardState(log.regionId(), state));
      }
    }
    if (log.needsBaseOf(segmentNumber)) {
      collected.add(new LogOp.Base(log.regionId(), log.firstIndex() - 1, log.baseTerm()));
    }
    long start = log.nextIn(segmentNumber, 0);
    while (start != Long.MAX_VALUE && !collected.isFull()) {
      long end = log.nextOutside(segmentNumber, start);
      List<Entry> entries = source.read(log, start, end, collected.bytesLeft);
      collected.add(new LogOp.Rewrite(log.regionId(), entries));
      start = log.nextIn(segmentNumber, entries.getLast().index() + 1);
    }
    return start == Long.MAX_VALUE;
  }

  /** A list of steps with a limit, which the last one may pass. */
  private static final class Collected {
    final List<LogOp> ops = new ArrayList<>();
    long bytesLeft;

    Collected(int bytesMax) {
      bytesLeft = bytesMax;
    }

    void add(LogOp op) {
      ops.add(op);
      bytesLeft -= LogFormat.encodedBytes(op);
    }

    boolean isFull() {
      return bytesLeft <= 0;
    }
  }
}
