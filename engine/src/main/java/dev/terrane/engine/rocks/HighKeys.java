package dev.terrane.engine.rocks;

import dev.terrane.common.Bytes;
import dev.terrane.engine.ColumnFamily;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * Where a range without an end ends. RocksDB has no such ranges; they are deleted up to a key that
 * is above all keys: {@link #ALMOST_END}, unless there were keys above that, of which the longest
 * is remembered here. So nothing has to be read for it, by a writer that may not wait.
 *
 * <p>Thread-safe. Never forgets: a bound that is too high does no harm.
 */
final class HighKeys {
  private static final int ALMOST_END_LENGTH = 16;

  /** Sixteen bytes of 0xff: hardly a key is above. */
  static final Bytes ALMOST_END = ff(ALMOST_END_LENGTH);

  /** The length of the longest key not below {@link #ALMOST_END}; nothing where there is none. */
  private final Map<ColumnFamily, Integer> longest = new ConcurrentHashMap<>();

  private static Bytes ff(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 0xff);
    return Bytes.wrap(bytes);
  }

  /** {@code key} is about to be there. */
  void add(ColumnFamily family, Bytes key) {
    if (key.compareTo(ALMOST_END) >= 0) {
      longest.merge(family, key.length(), Math::max);
    }
  }

  /** All of {@code keys} are there, or about to be. */
  void addAll(ColumnFamily family, RocksIterator keys) throws RocksDBException {
    for (keys.seek(ALMOST_END.toArrayShared()); keys.isValid(); keys.next()) {
      add(family, Bytes.wrap(keys.key()));
    }
    keys.status();
  }

  /** A key that is above all keys of {@code family}. */
  Bytes above(ColumnFamily family) {
    Integer length = longest.get(family);
    return length == null ? ALMOST_END : ff(length + 1);
  }
}
