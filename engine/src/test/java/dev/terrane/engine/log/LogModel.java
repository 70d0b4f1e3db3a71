package dev.terrane.engine.log;

import dev.terrane.common.Bytes;
import dev.terrane.raft.Entry;
import dev.terrane.raft.HardState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a log must hold, kept in the plainest way. Compares by content. */
record LogModel(
    Map<Long, RegionModel> regions, Map<Long, Tombstone> tombstones, Map<Bytes, Bytes> records) {

  /** One Region's part. */
  record RegionModel(
      long baseIndex, long baseTerm, List<Entry> entries, @Nullable HardState hardState) {
    static final RegionModel BLANK = new RegionModel(0, 0, List.of(), null);

    long lastIndex() {
      return baseIndex + entries.size();
    }

    long term() {
      return hardState == null ? 0 : hardState.term();
    }
  }

  static LogModel empty() {
    return new LogModel(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
  }

  /** All that {@code log} can be asked. */
  static LogModel of(RaftLogEngine log) {
    LogModel model = empty();
    for (long regionId : log.regions()) {
      long base = log.firstIndex(regionId) - 1;
      model.regions.put(
          regionId,
          new RegionModel(
              base, log.term(regionId, base), Entries.all(log, regionId), log.hardState(regionId)));
    }
    model.tombstones.putAll(log.tombstones());
    model.records.putAll(log.records(Bytes.EMPTY));
    return model;
  }

  LogModel copy() {
    return new LogModel(new TreeMap<>(regions), new TreeMap<>(tombstones), new TreeMap<>(records));
  }

  RegionModel region(long regionId) {
    return regions.getOrDefault(regionId, RegionModel.BLANK);
  }

  /** This after {@code batch}. */
  LogModel after(LogBatch batch) {
    LogModel after = copy();
    batch.ops().forEach(after::apply);
    return after;
  }

  private void apply(LogOp op) {
    switch (op) {
      case LogOp.Append append -> {
        RegionModel region = region(append.regionId());
        int kept = (int) (append.entries().getFirst().index() - region.baseIndex - 1);
        List<Entry> entries = new ArrayList<>(region.entries.subList(0, kept));
        entries.addAll(append.entries());
        put(append.regionId(), region.baseIndex, region.baseTerm, entries, region.hardState);
      }
      case LogOp.SetHardState set -> {
        RegionModel region = region(set.regionId());
        put(set.regionId(), region.baseIndex, region.baseTerm, region.entries, set.state());
      }
      case LogOp.Release release -> {
        RegionModel region = region(release.regionId());
        int released = (int) (release.index() - region.baseIndex);
        if (released > 0) {
          long term = region.entries.get(released - 1).term();
          List<Entry> left = region.entries.subList(released, region.entries.size());
          put(release.regionId(), release.index(), term, left, region.hardState);
        }
      }
      case LogOp.Reset reset ->
          put(
              reset.regionId(),
              reset.index(),
              reset.term(),
              List.of(),
              region(reset.regionId()).hardState);
      case LogOp.Destroy destroy -> {
        regions.remove(destroy.regionId());
        tombstones.put(destroy.regionId(), destroy.tombstone());
      }
      case LogOp.ForgetTombstone forget -> tombstones.remove(forget.regionId());
      case LogOp.PutRecord put -> records.put(put.key(), put.value());
      case LogOp.DeleteRecord delete -> records.remove(delete.key());
      case LogOp.Base _, LogOp.Rewrite _, LogOp.KeepTombstone _ ->
          throw new AssertionError("batches do not hold " + op);
    }
  }

  private void put(
      long regionId,
      long baseIndex,
      long baseTerm,
      List<Entry> entries,
      @Nullable HardState hardState) {
    regions.put(regionId, new RegionModel(baseIndex, baseTerm, List.copyOf(entries), hardState));
  }
}
