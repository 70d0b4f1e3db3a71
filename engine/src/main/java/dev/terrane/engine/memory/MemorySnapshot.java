package dev.terrane.engine.memory;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.engine.CachedRead;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.Cursor;
import dev.terrane.engine.EngineClosedException;
import dev.terrane.engine.EngineSnapshot;
import dev.terrane.engine.ScanKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One state, which changes only when files are dropped. */
final class MemorySnapshot implements EngineSnapshot {
  private final MemoryEngine engine;
  private volatile MemoryState state;
  private volatile boolean closed;

  MemorySnapshot(MemoryEngine engine, MemoryState state) {
    this.engine = engine;
    this.state = state;
  }

  private MemoryState open() {
    engine.checkOpen();
    if (closed) {
      throw new EngineClosedException("snapshot");
    }
    return state;
  }

  /** Called under the engine's lock. */
  void drop(DroppedFiles dropped) {
    state = dropped.apply(state);
  }

  @Override
  public @Nullable Bytes get(ColumnFamily family, Bytes key) {
    engine.mayOpenFile();
    return open().of(family).get(key);
  }

  @Override
  public CachedRead getCached(ColumnFamily family, Bytes key) {
    return engine.getCached(open(), family, key);
  }

  @Override
  public List<@Nullable Bytes> multiGet(ColumnFamily family, List<Bytes> keys) {
    engine.mayOpenFile();
    return MemoryEngine.multiGet(open(), family, keys);
  }

  @Override
  public Cursor cursor(ColumnFamily family, KeyRange range, ScanKind kind) {
    engine.mayOpenFile();
    return new MemoryCursor(engine, open().of(family), range);
  }

  @Override
  public void close() {
    closed = true;
    engine.forget(this);
  }
}
