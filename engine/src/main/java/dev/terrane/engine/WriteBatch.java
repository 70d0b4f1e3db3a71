package dev.terrane.engine;

import dev.terrane.common.Bytes;
import dev.terrane.common.Invariant;
import dev.terrane.common.KeyRange;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Changes to any column families that {@link KvEngine#write} makes all together or not at all, in
 * the order in which they were added: a later change of a key wins.
 *
 * <p>Knows no engine and holds no native memory, so it needs no closing; it keeps references to the
 * keys and values until {@link #clear}. Confined to one thread at a time; {@link KvEngine#write}
 * neither changes nor keeps it.
 */
public final class WriteBatch {
  /** The most that one batch may hold; whoever gathers changes stops far below. */
  public static final long BYTES_MAX = 128L << 20;

  /** What a change is counted for beside its key and value. */
  private static final int CHANGE_OVERHEAD_BYTES = 12;

  private static final int CHANGES_KEPT_BY_CLEAR = 4096;

  private enum Kind {
    PUT,
    DELETE,
    DELETE_RANGE
  }

  private Change[] changes = new Change[16];
  private int count;
  private long bytes;

  /** One change; {@code second} is the value of a put or the end of a range. */
  private record Change(Kind kind, ColumnFamily family, Bytes key, @Nullable Bytes second) {}

  /** Receives the changes of a batch in order. */
  public interface Visitor {
    void put(ColumnFamily family, Bytes key, Bytes value);

    void delete(ColumnFamily family, Bytes key);

    void deleteRange(ColumnFamily family, KeyRange range);
  }

  /** Sets {@code key} to {@code value}. */
  public WriteBatch put(ColumnFamily family, Bytes key, Bytes value) {
    return add(new Change(Kind.PUT, family, key, value), key.length() + value.length());
  }

  /** Removes {@code key}, if it is there. */
  public WriteBatch delete(ColumnFamily family, Bytes key) {
    return add(new Change(Kind.DELETE, family, key, null), key.length());
  }

  /** Removes every key of {@code range} that is there when this change's turn comes. */
  public WriteBatch deleteRange(ColumnFamily family, KeyRange range) {
    if (range.isEmpty()) {
      return this;
    }
    return add(
        new Change(Kind.DELETE_RANGE, family, range.start(), range.end()),
        range.start().length() + range.end().length());
  }

  private WriteBatch add(Change change, int payloadBytes) {
    long grown = bytes + payloadBytes + CHANGE_OVERHEAD_BYTES;
    Invariant.check(grown <= BYTES_MAX, "write batch of %d bytes > %d", grown, BYTES_MAX);
    if (count == changes.length) {
      changes = Arrays.copyOf(changes, count * 2);
    }
    changes[count++] = change;
    bytes = grown;
    return this;
  }

  /** How many changes there are. */
  public int count() {
    return count;
  }

  public boolean isEmpty() {
    return count == 0;
  }

  /** Roughly what the batch takes in the engine's log. */
  public long bytes() {
    return bytes;
  }

  /** Makes the batch empty and ready for use again. */
  public void clear() {
    if (changes.length > CHANGES_KEPT_BY_CLEAR) {
      changes = new Change[CHANGES_KEPT_BY_CLEAR];
    } else {
      Arrays.fill(changes, 0, count, null);
    }
    count = 0;
    bytes = 0;
  }

  /** Shows every change to {@code visitor}, in order. */
  public void forEach(Visitor visitor) {
    for (int i = 0; i < count; i++) {
      Change change = changes[i];
      Bytes second = change.second == null ? Bytes.EMPTY : change.second;
      switch (change.kind) {
        case PUT -> visitor.put(change.family, change.key, second);
        case DELETE -> visitor.delete(change.family, change.key);
        case DELETE_RANGE -> visitor.deleteRange(change.family, new KeyRange(change.key, second));
      }
    }
  }
}
