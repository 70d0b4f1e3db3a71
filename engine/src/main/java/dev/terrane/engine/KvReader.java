package dev.terrane.engine;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads keys: the newest state through a {@link KvEngine}, one moment's state through an {@link
 * EngineSnapshot}.
 *
 * <p>Every method may be called from any thread, may wait for the disk unless it says otherwise,
 * and throws {@link EngineException}: {@link EngineCorruptException} for bytes that fail their
 * checksum, {@link EngineClosedException} after close.
 */
public interface KvReader {
  /** The value of {@code key}, or null if it has none. An empty value is a value. */
  @Nullable Bytes get(ColumnFamily family, Bytes key);

  /** Like {@link #get}, but never waits for the disk: says so instead. */
  CachedRead getCached(ColumnFamily family, Bytes key);

  /** The values of {@code keys} in their order, null where there is none. */
  List<@Nullable Bytes> multiGet(ColumnFamily family, List<Bytes> keys);

  /**
   * A cursor over the keys of {@code range} as of this call, to be closed by the caller. It stands
   * nowhere until it is moved.
   */
  Cursor cursor(ColumnFamily family, KeyRange range, ScanKind kind);

  /** A cursor that serves a request. */
  default Cursor cursor(ColumnFamily family, KeyRange range) {
    return cursor(family, range, ScanKind.REQUEST);
  }
}
