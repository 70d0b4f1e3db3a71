package dev.terrane.engine.log;

import static dev.terrane.common.Invariant.check;

import dev.terrane.common.Invariant;
import dev.terrane.raft.HardState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The batches that will be written as one frame, checked against what the log holds before a byte
 * of them is written.
 */
final class FramePlan {
  private final LogIndex index;
  private final List<LogOp> ops = new ArrayList<>();
  private final Map<Long, Bounds> boundsByRegionId = new HashMap<>();
  private long bytes;

  /** How a Region's log stands after the steps so far. */
  private static final class Bounds {
    long base;
    long last;
    long term;

    /** What is at this index and behind is of this frame, or gone: the index does not know it. */
    long changedFrom = Long.MAX_VALUE;
  }

  FramePlan(LogIndex index) {
    this.index = index;
  }

  List<LogOp> ops() {
    return ops;
  }

  /** The size of the frame's body. */
  int bytes() {
    return (int) bytes;
  }

  void add(LogBatch batch) {
    for (LogOp op : batch.ops()) {
      switch (op) {
        case LogOp.Append append -> append(append);
        case LogOp.SetHardState set -> hardState(set);
        case LogOp.Release release -> release(release);
        case LogOp.Reset reset -> {
          blank(reset.regionId(), reset.index(), bounds(reset.regionId()).term);
          add(reset);
        }
        case LogOp.Destroy destroy -> {
          blank(destroy.regionId(), 0, 0);
          add(destroy);
        }
        case LogOp.ForgetTombstone _, LogOp.PutRecord _, LogOp.DeleteRecord _ -> add(op);
        case LogOp.Base _, LogOp.Rewrite _, LogOp.KeepTombstone _ ->
            throw Invariant.violated("not for batches: %s", op);
      }
    }
  }

  /**
   * Of {@code batches}, which are not written yet, only the releases of what the log holds now and
   * what no earlier step of theirs touches.
   */
  void addReleasesOf(List<LogBatch> batches) {
    Set<Long> touched = new HashSet<>();
    for (LogBatch batch : batches) {
      for (LogOp op : batch.ops()) {
        switch (op) {
          case LogOp.Release release when !touched.contains(release.regionId()) -> {
            RegionLog log = index.find(release.regionId());
            if (log != null && release.index() <= log.lastIndex()) {
              release(release);
            }
          }
          case LogOp.Reset reset -> touched.add(reset.regionId());
          case LogOp.Destroy destroy -> touched.add(destroy.regionId());
          case LogOp.Append _,
              LogOp.SetHardState _,
              LogOp.Release _,
              LogOp.Base _,
              LogOp.Rewrite _,
              LogOp.KeepTombstone _,
              LogOp.ForgetTombstone _,
              LogOp.PutRecord _,
              LogOp.DeleteRecord _ -> {}
        }
      }
    }
  }

  private void append(LogOp.Append append) {
    Bounds bounds = bounds(append.regionId());
    long first = append.entries().getFirst().index();
    check(
        first > bounds.base && first <= bounds.last + 1,
        "append at %d to region %d, which holds (%d, %d]",
        first,
        append.regionId(),
        bounds.base,
        bounds.last);
    bounds.last = append.entries().getLast().index();
    bounds.changedFrom = Math.min(bounds.changedFrom, first);
    add(append);
  }

  private void hardState(LogOp.SetHardState set) {
    Bounds bounds = bounds(set.regionId());
    check(
        set.state().term() >= bounds.term,
        "term %d after %d, region %d",
        set.state().term(),
        bounds.term,
        set.regionId());
    bounds.term = set.state().term();
    add(set);
  }

  private void release(LogOp.Release release) {
    Bounds bounds = bounds(release.regionId());
    if (release.index() <= bounds.base) {
      return;
    }
    check(
        release.index() <= bounds.last && release.index() < bounds.changedFrom,
        "release through %d, which is not durable, region %d",
        release.index(),
        release.regionId());
    RegionLog log = index.find(release.regionId());
    if (log == null) {
      throw Invariant.violated("release of region %d, which is not held", release.regionId());
    }
    bounds.base = release.index();
    add(new LogOp.Base(release.regionId(), release.index(), log.term(release.index())));
  }

  private void blank(long regionId, long base, long term) {
    Bounds bounds = bounds(regionId);
    bounds.base = base;
    bounds.last = base;
    bounds.term = term;
    bounds.changedFrom = 0;
  }

  private Bounds bounds(long regionId) {
    return boundsByRegionId.computeIfAbsent(
        regionId,
        id -> {
          Bounds bounds = new Bounds();
          RegionLog log = index.find(id);
          if (log != null) {
            HardState state = log.hardState();
            bounds.base = log.firstIndex() - 1;
            bounds.last = log.lastIndex();
            bounds.term = state == null ? 0 : state.term();
          }
          return bounds;
        });
  }

  private void add(LogOp op) {
    ops.add(op);
    bytes += LogFormat.encodedBytes(op);
  }
}
