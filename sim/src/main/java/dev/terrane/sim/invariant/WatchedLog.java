package dev.terrane.sim.invariant;

import dev.terrane.common.Bytes;
import dev.terrane.engine.log.LogBatch;
import dev.terrane.engine.log.LogFigures;
import dev.terrane.engine.log.LogFullException;
import dev.terrane.engine.log.LogHolder;
import dev.terrane.engine.log.LogRecovery;
import dev.terrane.engine.log.RaftLogEngine;
import dev.terrane.engine.log.Tombstone;
import dev.terrane.raft.Entry;
import dev.terrane.raft.HardState;
import dev.terrane.raft.LogRead;
import dev.terrane.sim.world.Stalls;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** A Raft log whose writes are seen once they are durable. */
final class WatchedLog implements RaftLogEngine {
  private final RaftLogEngine log;
  private final Stalls stalls;
  private final Writes writes;

  /** Hears of each write, before and after. */
  interface Writes {
    void begins(List<LogBatch> batches);

    void durable(List<LogBatch> batches);
  }

  WatchedLog(RaftLogEngine log, Stalls stalls, Writes writes) {
    this.log = log;
    this.stalls = stalls;
    this.writes = writes;
  }

  @Override
  public void write(List<LogBatch> batches) {
    stalls.step("a write of the log");
    writes.begins(batches);
    try {
      log.write(batches);
    } catch (LogFullException e) {
      writes.durable(batches.subList(0, e.written()));
      writes.durable(List.of(releasesAhead(batches.subList(e.written(), batches.size()))));
      throw e;
    }
    writes.durable(batches);
  }

  /** What of {@code waiting}, which found no room, has been done all the same to make some. */
  private LogBatch releasesAhead(List<LogBatch> waiting) {
    LogBatch done = new LogBatch();
    LogBatch.Visitor releases =
        new LogBatch.Visitor() {
          @Override
          public void release(long regionId, long index) {
            if (log.firstIndex(regionId) > index) {
              done.release(regionId, index);
            }
          }

          @Override
          public void append(long regionId, List<Entry> entries) {}

          @Override
          public void hardState(long regionId, HardState state) {}

          @Override
          public void reset(long regionId, long index, long term) {}

          @Override
          public void destroy(long regionId, Tombstone tombstone) {}
        };
    waiting.forEach(batch -> batch.forEach(releases));
    return done;
  }

  @Override
  public boolean upkeep() {
    return log.upkeep();
  }

  @Override
  public long firstIndex(long regionId) {
    return log.firstIndex(regionId);
  }

  @Override
  public long lastIndex(long regionId) {
    return log.lastIndex(regionId);
  }

  @Override
  public long term(long regionId, long index) {
    return log.term(regionId, index);
  }

  @Override
  public LogRead entries(long regionId, long startIndex, long endIndex, long bytesMax) {
    stalls.onlyElsewhere("entries of the log");
    stalls.step("a read of the log");
    return log.entries(regionId, startIndex, endIndex, bytesMax);
  }

  @Override
  public @Nullable LogRead entriesInMemory(
      long regionId, long startIndex, long endIndex, long bytesMax) {
    stalls.step("a read of the log");
    return log.entriesInMemory(regionId, startIndex, endIndex, bytesMax);
  }

  @Override
  public LogRead entriesIfHeld(long regionId, long startIndex, long endIndex, long bytesMax) {
    stalls.onlyElsewhere("entries of the log");
    stalls.step("a read of the log");
    return log.entriesIfHeld(regionId, startIndex, endIndex, bytesMax);
  }

  @Override
  public long heldBytes(long regionId) {
    return log.heldBytes(regionId);
  }

  @Override
  public long releasePoint(long regionId, long keepBytes) {
    stalls.onlyElsewhere("a look at all entries of a Region");
    return log.releasePoint(regionId, keepBytes);
  }

  @Override
  public List<LogHolder> holdersOfOldest(long bytes, long entries) {
    stalls.onlyElsewhere("a look at all entries");
    return log.holdersOfOldest(bytes, entries);
  }

  @Override
  public @Nullable HardState hardState(long regionId) {
    stalls.step("a read of the log");
    return log.hardState(regionId);
  }

  @Override
  public List<Long> regions() {
    return log.regions();
  }

  @Override
  public @Nullable Tombstone tombstone(long regionId) {
    stalls.step("a read of the log");
    return log.tombstone(regionId);
  }

  @Override
  public SortedMap<Long, Tombstone> tombstones() {
    return log.tombstones();
  }

  @Override
  public @Nullable Bytes record(Bytes key) {
    return log.record(key);
  }

  @Override
  public SortedMap<Bytes, Bytes> records(Bytes prefix) {
    return log.records(prefix);
  }

  @Override
  public LogRecovery recovery() {
    return log.recovery();
  }

  @Override
  public LogFigures figures() {
    return log.figures();
  }

  @Override
  public void close() {
    log.close();
  }
}
