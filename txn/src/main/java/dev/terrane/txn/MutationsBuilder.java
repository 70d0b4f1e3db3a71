package dev.terrane.txn;

import dev.terrane.common.Bytes;
import dev.terrane.common.Invariant;
import dev.terrane.common.KeyRange;
import dev.terrane.engine.ColumnFamily;
import java.util.Arrays;

/** Encodes changes one after the other. Confined to one thread; of no use after {@link #build}. */
public final class MutationsBuilder {
  static final int PUT = 0;
  static final int DELETE = 1;
  static final int DELETE_RANGE = 2;
  static final int DELETE_IF_ENDS_WITH = 3;

  /** A head and two varints of at most five bytes. */
  private static final int CHANGE_OVERHEAD_BYTES_MAX = 11;

  private byte[] buffer;
  private int length;

  public MutationsBuilder() {
    this(256);
  }

  /**
   * @param expectedBytes the sum of {@link #changeBytes} where known; only saves copying
   */
  public MutationsBuilder(int expectedBytes) {
    buffer = new byte[expectedBytes + 1];
    buffer[length++] = Mutations.FORMAT;
  }

  /** At most so many bytes are needed for a change of {@code key}. */
  public static int changeBytes(Bytes key, Bytes second) {
    return CHANGE_OVERHEAD_BYTES_MAX + key.length() + second.length();
  }

  public MutationsBuilder put(ColumnFamily family, Bytes key, Bytes value) {
    head(PUT, family, changeBytes(key, value));
    bytes(key);
    bytes(value);
    return this;
  }

  public MutationsBuilder delete(ColumnFamily family, Bytes key) {
    head(DELETE, family, changeBytes(key, Bytes.EMPTY));
    bytes(key);
    return this;
  }

  public MutationsBuilder deleteRange(ColumnFamily family, KeyRange range) {
    head(DELETE_RANGE, family, changeBytes(range.start(), range.end()));
    bytes(range.start());
    bytes(range.end());
    return this;
  }

  /**
   * Removes {@code key} if its value ends with {@code suffix} when the change is applied, whatever
   * it was when this was decided.
   */
  public MutationsBuilder deleteIfEndsWith(ColumnFamily family, Bytes key, Bytes suffix) {
    head(DELETE_IF_ENDS_WITH, family, changeBytes(key, suffix));
    bytes(key);
    bytes(suffix);
    return this;
  }

  public Mutations build() {
    return Mutations.built(Bytes.wrap(buffer, 0, length));
  }

  private void head(int kind, ColumnFamily family, int changeBytes) {
    int needed = Math.addExact(length, changeBytes);
    if (needed > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(needed, (int) Math.min(2L * length, 1 << 30)));
    }
    buffer[length++] = (byte) (kind << 4 | Mutations.familyId(family));
  }

  private void bytes(Bytes bytes) {
    int left = bytes.length();
    while (left > 0x7f) {
      buffer[length++] = (byte) (left | 0x80);
      left >>>= 7;
    }
    buffer[length++] = (byte) left;
    bytes.copyTo(buffer, length);
    length += bytes.length();
    Invariant.check(length <= buffer.length, "%d > %d", length, buffer.length);
  }
}
