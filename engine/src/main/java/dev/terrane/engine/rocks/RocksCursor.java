package dev.terrane.engine.rocks;

import dev.terrane.common.Bytes;
import dev.terrane.common.Invariant;
import dev.terrane.common.KeyRange;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.Cursor;
import dev.terrane.engine.ScanKind;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;

/**
 * A cursor on a native iterator, which stops by itself at the bounds.
 *
 * <p>Each move fetches the key, which is nearly always wanted, so that a row costs one or two
 * passes of the turnstile; the value is fetched when it is asked for.
 */
final class RocksCursor implements Cursor, OpenReaders.AutoCloseableReader {
  private static final long READ_AHEAD_BYTES = 256 << 10;

  private final OpenReaders registry;
  private final Turnstile turnstile = new Turnstile("cursor");
  private final ReadOptions options = new ReadOptions();
  private final @Nullable Slice lowerBound;
  private final @Nullable Slice upperBound;
  private final RocksIterator iterator;
  private @Nullable Bytes key; // null where the cursor stands nowhere

  /** Opens a cursor and registers it. The caller holds the database open meanwhile. */
  RocksCursor(
      RocksDatabase database,
      OpenReaders registry,
      @Nullable Snapshot snapshot,
      ColumnFamily family,
      KeyRange range,
      ScanKind kind) {
    this.registry = registry;
    if (snapshot != null) {
      options.setSnapshot(snapshot);
    }
    if (kind == ScanKind.BULK) {
      options.setFillCache(false).setReadaheadSize(READ_AHEAD_BYTES);
    }
    lowerBound = range.start().isEmpty() ? null : new Slice(range.start().toArrayShared());
    // RocksDB does not say what crossed bounds mean; equal ones hold nothing.
    Bytes end = range.isEmpty() ? range.start() : range.end();
    upperBound = end.isEmpty() ? null : new Slice(end.toArrayShared());
    if (lowerBound != null) {
      options.setIterateLowerBound(lowerBound);
    }
    if (upperBound != null) {
      options.setIterateUpperBound(upperBound);
    }
    iterator = database.db.newIterator(database.handle(family), options);
    registry.add(this);
  }

  @Override
  public boolean seekToFirst() {
    turnstile.enter();
    try {
      iterator.seekToFirst();
      return arrive();
    } finally {
      turnstile.leave();
    }
  }

  @Override
  public boolean seekToLast() {
    turnstile.enter();
    try {
      iterator.seekToLast();
      return arrive();
    } finally {
      turnstile.leave();
    }
  }

  @Override
  public boolean seek(Bytes target) {
    turnstile.enter();
    try {
      iterator.seek(buffer(target));
      return arrive();
    } finally {
      turnstile.leave();
    }
  }

  @Override
  public boolean seekForPrev(Bytes target) {
    turnstile.enter();
    try {
      iterator.seekForPrev(buffer(target));
      return arrive();
    } finally {
      turnstile.leave();
    }
  }

  @Override
  public boolean next() {
    key(); // must stand on one
    turnstile.enter();
    try {
      iterator.next();
      return arrive();
    } finally {
      turnstile.leave();
    }
  }

  @Override
  public boolean prev() {
    key(); // must stand on one
    turnstile.enter();
    try {
      iterator.prev();
      return arrive();
    } finally {
      turnstile.leave();
    }
  }

  /** Notes where a move has led; an iterator that stopped may have stopped at an error. */
  private boolean arrive() {
    key = null;
    if (iterator.isValid()) {
      key = Bytes.wrap(iterator.key());
      return true;
    }
    try {
      iterator.status();
    } catch (RocksDBException e) {
      throw RocksErrors.of("move a cursor", e);
    }
    return false;
  }

  private static ByteBuffer buffer(Bytes bytes) {
    return ByteBuffer.wrap(bytes.backingArray(), bytes.offset(), bytes.length());
  }

  @Override
  public boolean isValid() {
    return key != null;
  }

  @Override
  public Bytes key() {
    Bytes here = key;
    if (here == null) {
      throw Invariant.violated("the cursor does not stand on a key");
    }
    return here;
  }

  @Override
  public Bytes value() {
    key(); // must stand on one
    turnstile.enter();
    try {
      return Bytes.wrap(iterator.value());
    } finally {
      turnstile.leave();
    }
  }

  @Override
  public int copyValue(ByteBuffer target) {
    key(); // must stand on one
    turnstile.enter();
    try {
      return iterator.value(target);
    } finally {
      turnstile.leave();
    }
  }

  @Override
  public void close() {
    if (!turnstile.shut()) {
      return;
    }
    iterator.close();
    options.close();
    if (lowerBound != null) {
      lowerBound.close();
    }
    if (upperBound != null) {
      upperBound.close();
    }
    registry.remove(this);
  }
}
