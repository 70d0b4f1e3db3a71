package dev.terrane.sim.invariant;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.engine.CachedRead;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.Cursor;
import dev.terrane.engine.EngineSnapshot;
import dev.terrane.engine.EngineStatistics;
import dev.terrane.engine.FlowSignals;
import dev.terrane.engine.KvEngine;
import dev.terrane.engine.ScanKind;
import dev.terrane.engine.SstWriter;
import dev.terrane.engine.WriteBatch;
import dev.terrane.sim.world.MachineDisk;
import dev.terrane.sim.world.Stalls;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An engine whose writes are seen when they are done, and in each of which its process may die. No
 * agent may ask it for anything that may wait for the disk.
 */
final class WatchedEngine implements KvEngine {
  private final KvEngine engine;
  private final MachineDisk disk;
  private final Stalls stalls;
  private final Writes writes;

  /** Hears of each write. */
  @FunctionalInterface
  interface Writes {
    void written(WriteBatch batch);
  }

  WatchedEngine(KvEngine engine, MachineDisk disk, Stalls stalls, Writes writes) {
    this.engine = engine;
    this.stalls = stalls;
    this.disk = disk;
    this.writes = writes;
  }

  @Override
  public @Nullable Bytes get(ColumnFamily family, Bytes key) {
    stalls.onlyElsewhere("a read of the engine");
    stalls.step("a read of the engine");
    return engine.get(family, key);
  }

  @Override
  public CachedRead getCached(ColumnFamily family, Bytes key) {
    stalls.step("a read of the engine");
    return engine.getCached(family, key);
  }

  @Override
  public List<@Nullable Bytes> multiGet(ColumnFamily family, List<Bytes> keys) {
    stalls.onlyElsewhere("reads of the engine");
    return engine.multiGet(family, keys);
  }

  @Override
  public Cursor cursor(ColumnFamily family, KeyRange range, ScanKind kind) {
    stalls.onlyElsewhere("a cursor of the engine");
    stalls.step("a read of the engine");
    return engine.cursor(family, range, kind);
  }

  @Override
  public void write(WriteBatch batch) {
    stalls.onlyElsewhere("a write of the engine that may wait");
    stalls.step("a write of the engine");
    disk.mayDie("a write of the engine");
    engine.write(batch);
    writes.written(batch);
  }

  @Override
  public void writeNow(WriteBatch batch) {
    disk.mayDie("a write of the engine");
    engine.writeNow(batch);
    writes.written(batch);
  }

  @Override
  public void barrier() {
    stalls.onlyElsewhere("a barrier");
    disk.mayDie("a barrier of the engine");
    engine.barrier();
  }

  @Override
  public EngineSnapshot snapshot() {
    stalls.step("a read of the engine");
    return engine.snapshot();
  }

  @Override
  public long approximateSize(ColumnFamily family, KeyRange range) {
    stalls.onlyElsewhere("a size");
    return engine.approximateSize(family, range);
  }

  @Override
  public long approximateKeys(ColumnFamily family, KeyRange range) {
    stalls.onlyElsewhere("a count of keys");
    return engine.approximateKeys(family, range);
  }

  @Override
  public @Nullable Bytes middleKey(ColumnFamily family, KeyRange range) {
    stalls.onlyElsewhere("a key in the middle");
    return engine.middleKey(family, range);
  }

  @Override
  public SstWriter sstWriter(ColumnFamily family, Path file) {
    stalls.onlyElsewhere("a file");
    return engine.sstWriter(family, file);
  }

  @Override
  public void ingest(Map<ColumnFamily, List<Path>> files) {
    stalls.onlyElsewhere("an ingest");
    disk.mayDie("an ingest of the engine");
    engine.ingest(files);
  }

  @Override
  public void deleteFilesInRange(KeyRange range) {
    stalls.onlyElsewhere("a deletion of files");
    disk.mayDie("a deletion of files of the engine");
    engine.deleteFilesInRange(range);
  }

  @Override
  public void flush() {
    stalls.onlyElsewhere("a flush");
    engine.flush();
  }

  @Override
  public void compact(KeyRange range) {
    stalls.onlyElsewhere("a compaction");
    engine.compact(range);
  }

  @Override
  public FlowSignals flowSignals() {
    stalls.onlyElsewhere("the engine's signals");
    stalls.step("a read of the engine");
    return engine.flowSignals();
  }

  @Override
  public EngineStatistics statistics() {
    stalls.onlyElsewhere("the engine's statistics");
    return engine.statistics();
  }

  @Override
  public void close() {
    engine.close();
  }
}
