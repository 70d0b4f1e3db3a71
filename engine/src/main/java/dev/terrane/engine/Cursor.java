package dev.terrane.engine;

import dev.terrane.common.Bytes;

/**
 * Walks the keys of one column family, both ways, within the range that it was opened with and in
 * the state at that moment, whatever is written meanwhile.
 *
 * <p>A move answers whether the cursor now stands on a key. Where it does not, {@link #next} and
 * {@link #prev} are refused until the next seek. An error of the disk is an {@link EngineException}
 * from the move, never a silent end.
 *
 * <p>Confined to one thread at a time. Holds old data in place while open: close it soon. {@link
 * #value} is read only when asked for, so a walk over keys alone does not pay for values.
 */
public interface Cursor extends RowValue, AutoCloseable {
  /** Moves to the first key of the range. */
  boolean seekToFirst();

  /** Moves to the last key of the range. */
  boolean seekToLast();

  /** Moves to the first key of the range that is not below {@code key}. */
  boolean seek(Bytes key);

  /** Moves to the last key of the range that is not above {@code key}. */
  boolean seekForPrev(Bytes key);

  /** Moves to the following key. The cursor must stand on a key. */
  boolean next();

  /** Moves to the preceding key. The cursor must stand on a key. */
  boolean prev();

  /** Whether the cursor stands on a key. */
  boolean isValid();

  /** The key under the cursor, which must stand on one. The result outlives the next move. */
  Bytes key();

  /** The value under the cursor, which must stand on a key. The result outlives the next move. */
  @Override
  Bytes value();

  /** Idempotent. */
  @Override
  void close();
}
