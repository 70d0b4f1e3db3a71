package dev.terrane.engine.memory;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.engine.CachedRead;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.Cursor;
import dev.terrane.engine.EngineClosedException;
import dev.terrane.engine.EngineSnapshot;
import dev.terrane.engine.EngineStalledException;
import dev.terrane.engine.EngineStatistics;
import dev.terrane.engine.FlowSignals;
import dev.terrane.engine.KvEngine;
import dev.terrane.engine.ScanKind;
import dev.terrane.engine.SstWriter;
import dev.terrane.engine.StallState;
import dev.terrane.engine.WriteBatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The engine in memory, opened on a {@link MemoryDisk}. Readers share immutable trees and wait for
 * nobody; writers take turns.
 *
 * <p>Flushing and compacting do nothing, and make nothing durable either.
 */
public final class MemoryEngine implements KvEngine {
  private final MemoryDisk disk;
  private final Set<MemorySnapshot> snapshots = new LinkedHashSet<>(); // guarded by itself
  private final AtomicLong bytesWritten = new AtomicLong();
  private final AtomicLong syncs = new AtomicLong();
  private volatile boolean closed;

  private MemoryEngine(MemoryDisk disk) {
    this.disk = disk;
  }

  /** Opens an engine with what {@code disk} holds; none may be open on it. */
  public static MemoryEngine open(MemoryDisk disk) {
    MemoryEngine engine = new MemoryEngine(disk);
    disk.attach(engine);
    return engine;
  }

  void checkOpen() {
    if (closed) {
      throw new EngineClosedException("engine");
    }
  }

  /** See {@link MemoryDisk#setDescriptorsShort}. */
  void mayOpenFile() {
    disk.mayOpenFile();
  }

  private MemoryState present() {
    checkOpen();
    return disk.present();
  }

  @Override
  public @Nullable Bytes get(ColumnFamily family, Bytes key) {
    mayOpenFile();
    return present().of(family).get(key);
  }

  @Override
  public CachedRead getCached(ColumnFamily family, Bytes key) {
    return getCached(present(), family, key);
  }

  CachedRead getCached(MemoryState state, ColumnFamily family, Bytes key) {
    if (disk.nextReadIsCold()) {
      return CachedRead.NEEDS_DISK;
    }
    Bytes value = state.of(family).get(key);
    return value == null ? CachedRead.ABSENT : new CachedRead.Found(value);
  }

  @Override
  public List<@Nullable Bytes> multiGet(ColumnFamily family, List<Bytes> keys) {
    mayOpenFile();
    return multiGet(present(), family, keys);
  }

  static List<@Nullable Bytes> multiGet(MemoryState state, ColumnFamily family, List<Bytes> keys) {
    List<@Nullable Bytes> values = new ArrayList<>(keys.size());
    for (Bytes key : keys) {
      values.add(state.of(family).get(key));
    }
    return values;
  }

  @Override
  public Cursor cursor(ColumnFamily family, KeyRange range, ScanKind kind) {
    mayOpenFile();
    return new MemoryCursor(this, present().of(family), range);
  }

  @Override
  public EngineSnapshot snapshot() {
    synchronized (snapshots) {
      MemorySnapshot snapshot = new MemorySnapshot(this, present());
      snapshots.add(snapshot);
      return snapshot;
    }
  }

  void forget(MemorySnapshot snapshot) {
    synchronized (snapshots) {
      snapshots.remove(snapshot);
    }
  }

  @Override
  public void write(WriteBatch batch) {
    disk.write(this, batch);
    bytesWritten.addAndGet(batch.bytes());
  }

  @Override
  public void writeNow(WriteBatch batch) {
    if (disk.stall() == StallState.STOPPED) {
      throw new EngineStalledException("the engine holds writers back", null);
    }
    write(batch);
  }

  @Override
  public void barrier() {
    disk.barrier(this);
    syncs.incrementAndGet();
  }

  @Override
  public long approximateSize(ColumnFamily family, KeyRange range) {
    return present().of(family).only(range).bytes();
  }

  @Override
  public long approximateKeys(ColumnFamily family, KeyRange range) {
    return present().of(family).only(range).count();
  }

  @Override
  public @Nullable Bytes middleKey(ColumnFamily family, KeyRange range) {
    SortedTree tree = present().of(family).only(range);
    if (tree.count() < 2) {
      return null;
    }
    Bytes middle = tree.keyAtByte(tree.bytes() / 2);
    if (tree.below(middle, false) != null) {
      return middle;
    }
    SortedTree.Node second = tree.above(middle, false); // the first key holds half of the data
    return second == null ? null : second.key;
  }

  @Override
  public SstWriter sstWriter(ColumnFamily family, Path file) {
    checkOpen();
    return new MemorySstWriter(disk.files(), file);
  }

  @Override
  public void ingest(Map<ColumnFamily, List<Path>> files) {
    disk.ingest(this, files);
  }

  @Override
  public void deleteFilesInRange(KeyRange range) {
    synchronized (snapshots) {
      DroppedFiles dropped = disk.dropFiles(this, range);
      snapshots.forEach(snapshot -> snapshot.drop(dropped));
    }
  }

  @Override
  public void flush() {
    checkOpen();
  }

  @Override
  public void compact(KeyRange range) {
    checkOpen();
  }

  @Override
  public FlowSignals flowSignals() {
    return new FlowSignals(0, present().bytes(), 0, disk.stall(), disk.freeBytes());
  }

  @Override
  public EngineStatistics statistics() {
    long bytes = present().bytes();
    long open;
    synchronized (snapshots) {
      open = snapshots.size();
    }
    return new EngineStatistics(
        0, 0, 0, 0, bytes, 0, bytesWritten.get(), syncs.get(), 0, 0, 0, 0, open);
  }

  /** As a killed process closes: whatever is under way fails or has happened. */
  void closeAbruptly() {
    closed = true;
  }

  @Override
  public void close() {
    closed = true;
    disk.detach(this);
  }
}
