package dev.terrane.engine.rocks;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.engine.CachedRead;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.Cursor;
import dev.terrane.engine.EngineSnapshot;
import dev.terrane.engine.ScanKind;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Snapshot;

/** One moment of the database. Behind a gate of its own, so that it can be closed at any time. */
final class RocksSnapshot implements EngineSnapshot, OpenReaders.AutoCloseableReader {
  private final RocksDatabase database;
  private final OpenReaders registry;
  private final Gate gate = new Gate("snapshot");
  private final Snapshot snapshot;
  private final RocksReads reads;

  /** Takes a snapshot and registers it. The caller holds the database open meanwhile. */
  RocksSnapshot(RocksDatabase database, OpenReaders registry) {
    this.database = database;
    this.registry = registry;
    snapshot = database.db.getSnapshot();
    reads = new RocksReads(database, snapshot);
    registry.add(this);
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
    long stamp = gate.enter();
    try {
      return reads.multiGet(family, keys);
    } finally {
      gate.leave(stamp);
    }
  }

  @Override
  public Cursor cursor(ColumnFamily family, KeyRange range, ScanKind kind) {
    long stamp = gate.enter();
    try {
      return new RocksCursor(database, registry, snapshot, family, range, kind);
    } finally {
      gate.leave(stamp);
    }
  }

  @Override
  public void close() {
    if (!gate.shut()) {
      return;
    }
    reads.close();
    database.db.releaseSnapshot(snapshot);
    snapshot.close();
    registry.remove(this);
  }
}
