package dev.terrane.engine.rocks;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.engine.CachedRead;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.Cursor;
import dev.terrane.engine.EngineCorruptException;
import dev.terrane.engine.EngineException;
import dev.terrane.engine.EngineSnapshot;
import dev.terrane.engine.EngineStatistics;
import dev.terrane.engine.FlowSignals;
import dev.terrane.engine.KvEngine;
import dev.terrane.engine.ScanKind;
import dev.terrane.engine.SstWriter;
import dev.terrane.engine.WriteBatch;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.FlushOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/**
 * The engine on disk.
 *
 * <p>A write goes to RocksDB's log, in the kernel's memory, and to a memtable; {@link #barrier}
 * syncs the log. {@link RocksSettings} says why a power cut leaves one moment of all column
 * families.
 *
 * <p>Thread-safe. Every call passes the gate; closing shuts it, which waits for calls under way,
 * then closes the snapshots and cursors that are still open, each behind a gate of its own, and
 * then the database. One process at a time can have a directory open.
 */
public final class RocksEngine implements KvEngine {
  private final Gate gate = new Gate("engine");
  private final OpenReaders readers = new OpenReaders();
  private final RocksDatabase database;
  private final RocksReads reads;
  private final NativeBatches batches;
  private final RocksEstimates estimates;
  private final RocksIngest ingest;
  private final RocksSignals signals;
  private final SharedSync sync;
  private final PassingWant want;

  private RocksEngine(RocksDatabase database) {
    this.database = database;
    reads = new RocksReads(database, null);
    batches = new NativeBatches(database);
    estimates = new RocksEstimates(database);
    ingest = new RocksIngest(database);
    signals = new RocksSignals(database);
    sync = new SharedSync(() -> attempt("sync the log", database.db::syncWal));
    want = new PassingWant(database.directory.resolve(RocksDatabase.CURRENT), database.disk);
  }

  /**
   * Whether {@code directory} holds an engine's files. Changes nothing there.
   *
   * @throws EngineCorruptException if some of them are missing
   * @throws EngineException if they cannot be read, or are of a newer release
   */
  public static boolean isThere(Path directory) {
    NativeLibrary.load();
    return RocksLook.isThere(directory);
  }

  /**
   * Opens the engine in {@code directory} and replays its log as far as it is whole; makes one
   * where there is none. What {@link #isThere} refuses is refused before anything is changed.
   *
   * @throws EngineException if another process has it open, or if it cannot be read
   */
  public static RocksEngine open(Path directory, RocksOptions options) {
    return new RocksEngine(RocksDatabase.open(directory, options));
  }

  private interface NativeCall {
    void run() throws RocksDBException;
  }

  private static void attempt(String doing, NativeCall call) {
    try {
      call.run();
    } catch (RocksDBException e) {
      throw RocksErrors.of(doing, e);
    }
  }

  private <T extends @Nullable Object> T inside(Supplier<T> call) {
    long stamp = gate.enter();
    try {
      return call.get();
    } finally {
      gate.leave(stamp);
    }
  }

  private void attemptInside(String doing, NativeCall call) {
    long stamp = gate.enter();
    try {
      attempt(doing, call);
    } finally {
      gate.leave(stamp);
    }
  }

  @Override
  public @Nullable Bytes get(ColumnFamily family, Bytes key) {
    long stamp = gate.enter();
    try {
      return reads.get(family, key);
    } finally {
      gate.leave(stamp);
    }
  }

  @Override
  public CachedRead getCached(ColumnFamily family, Bytes key) {
    long stamp = gate.enter();
    try {
      return reads.getCached(family, key);
    } finally {
      gate.leave(stamp);
    }
  }

  @Override
  public List<@Nullable Bytes> multiGet(ColumnFamily family, List<Bytes> keys) {
    return inside(() -> reads.multiGet(family, keys));
  }

  @Override
  public Cursor cursor(ColumnFamily family, KeyRange range, ScanKind kind) {
    return inside(() -> new RocksCursor(database, readers, null, family, range, kind));
  }

  @Override
  public EngineSnapshot snapshot() {
    return inside(() -> new RocksSnapshot(database, readers));
  }

  @Override
  public void write(WriteBatch batch) {
    write(batch, database.writes);
  }

  @Override
  public void writeNow(WriteBatch batch) {
    write(batch, database.writesNow);
  }

  private void write(WriteBatch batch, WriteOptions options) {
    sync.throwIfFailed();
    if (batch.isEmpty()) {
      return;
    }
    try {
      attemptInside("write a batch", () -> batches.write(batch, options));
    } catch (EngineException e) {
      throw want.examined(e);
    }
    want.passed();
  }

  @Override
  public void barrier() {
    long stamp = gate.enter();
    try {
      sync.await();
    } finally {
      gate.leave(stamp);
    }
  }

  @Override
  public long approximateSize(ColumnFamily family, KeyRange range) {
    return inside(() -> estimates.size(family, range));
  }

  @Override
  public long approximateKeys(ColumnFamily family, KeyRange range) {
    return inside(() -> estimates.keys(family, range));
  }

  @Override
  public @Nullable Bytes middleKey(ColumnFamily family, KeyRange range) {
    long stamp = gate.enter();
    try (Cursor cursor =
        new RocksCursor(database, readers, null, family, range, ScanKind.REQUEST)) {
      return new MiddleKey(range, cursor, part -> estimates.size(family, part)).find();
    } finally {
      gate.leave(stamp);
    }
  }

  @Override
  public SstWriter sstWriter(ColumnFamily family, Path file) {
    return inside(() -> new RocksSstWriter(database.settings, family, file));
  }

  @Override
  public void ingest(Map<ColumnFamily, List<Path>> files) {
    sync.throwIfFailed();
    long stamp = gate.enter();
    try {
      ingest.ingest(files);
    } catch (EngineException e) {
      throw want.examined(e);
    } finally {
      gate.leave(stamp);
    }
  }

  @Override
  public void deleteFilesInRange(KeyRange range) {
    if (range.isEmpty()) {
      return;
    }
    Bytes end = range.end().isEmpty() ? HighKeys.ALMOST_END : range.end();
    List<byte[]> bounds = List.of(range.start().toArrayShared(), end.toArrayShared());
    for (ColumnFamily family : ColumnFamily.DATA) {
      attemptInside(
          "drop files",
          () -> database.db.deleteFilesInRanges(database.handle(family), bounds, false));
    }
  }

  @Override
  public void flush() {
    attemptInside(
        "flush",
        () -> {
          try (FlushOptions options = new FlushOptions().setWaitForFlush(true)) {
            database.db.flush(options, database.allHandles());
          }
        });
  }

  @Override
  public void compact(KeyRange range) {
    if (range.isEmpty()) {
      return;
    }
    for (ColumnFamily family : ColumnFamily.ALL) {
      attemptInside("compact", () -> compact(family, range));
    }
  }

  private void compact(ColumnFamily family, KeyRange range) throws RocksDBException {
    Bytes end = range.end().isEmpty() ? HighKeys.ALMOST_END : range.end();
    database.db.compactRange(
        database.handle(family), range.start().toArrayShared(), end.toArrayShared());
  }

  @Override
  public FlowSignals flowSignals() {
    return inside(signals::flow);
  }

  @Override
  public EngineStatistics statistics() {
    return inside(signals::statistics);
  }

  @Override
  public void close() {
    if (!gate.shut()) {
      return;
    }
    readers.closeAll();
    reads.close();
    batches.close();
    database.close();
  }
}
