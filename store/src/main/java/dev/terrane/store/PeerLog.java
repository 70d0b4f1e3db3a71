package dev.terrane.store;

import dev.terrane.engine.log.RaftLogEngine;
import dev.terrane.raft.LogRead;
import dev.terrane.raft.LogStorage;
import org.jspecify.annotations.Nullable;

/** One peer's part of the log that all Regions of the store share. */
final class PeerLog implements LogStorage {
  private final RaftLogEngine engine;
  private final long regionId;

  PeerLog(RaftLogEngine engine, long regionId) {
    this.engine = engine;
    this.regionId = regionId;
  }

  @Override
  public long firstIndex() {
    return engine.firstIndex(regionId);
  }

  @Override
  public long lastIndex() {
    return engine.lastIndex(regionId);
  }

  @Override
  public long term(long index) {
    return engine.term(regionId, index);
  }

  @Override
  public LogRead entries(long lo, long hi, long maxBytes) {
    return engine.entries(regionId, lo, hi, maxBytes);
  }

  @Override
  public @Nullable LogRead entriesInMemory(long lo, long hi, long maxBytes) {
    return engine.entriesInMemory(regionId, lo, hi, maxBytes);
  }
}
