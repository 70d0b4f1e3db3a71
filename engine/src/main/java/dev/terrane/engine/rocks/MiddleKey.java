package dev.terrane.engine.rocks;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.engine.Cursor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Finds a key with about as much data before it as behind it.
 *
 * <p>A short range is walked. In a long one the key space between two keys of the range is halved
 * as if keys were fractions, the nearest key that exists is looked up, and the half in which the
 * middle of the data lies is halved again. Keys tell nothing about where the data is, so this takes
 * more steps than a search over data would (some twenty seeks), but it reads no more than one block
 * a step.
 *
 * <p>Confined to one call.
 */
final class MiddleKey {
  private static final int WALK_KEYS_MAX = 512;
  private static final long WALK_BYTES_MAX = 64 << 10;
  private static final int STEPS_MAX = 64;
  private static final int GOOD_ENOUGH_FRACTION = 32;
  private static final int WINDOW_BYTES = 7; // the difference of two windows fits a long

  private final KeyRange range;
  private final Cursor cursor;
  private final ToLongFunction<KeyRange> sizes;

  /** Searches with {@code cursor}, which is bounded by {@code range}. */
  MiddleKey(KeyRange range, Cursor cursor, ToLongFunction<KeyRange> sizes) {
    this.range = range;
    this.cursor = cursor;
    this.sizes = sizes;
  }

  /** The middle key, never the first of the range; null if there are fewer than two keys. */
  @Nullable Bytes find() {
    if (!cursor.seekToLast()) {
      return null;
    }
    Bytes last = cursor.key();
    cursor.seekToFirst();
    Bytes first = cursor.key();
    if (first.equals(last)) {
      return null;
    }
    Bytes walked = walk();
    return walked != null ? walked : halve(first, last);
  }

  /** The exact middle if the end of the range is near, else null. Stands on the first key. */
  private @Nullable Bytes walk() {
    List<Bytes> keys = new ArrayList<>();
    List<Long> bytesBefore = new ArrayList<>();
    long bytes = 0;
    do {
      if (keys.size() == WALK_KEYS_MAX || bytes > WALK_BYTES_MAX) {
        return null;
      }
      keys.add(cursor.key());
      bytesBefore.add(bytes);
      bytes += cursor.key().length() + cursor.value().length();
    } while (cursor.next());
    for (int i = 1; i < keys.size(); i++) {
      if (bytesBefore.get(i) >= bytes / 2) {
        return keys.get(i);
      }
    }
    return keys.getLast();
  }

  private Bytes halve(Bytes first, Bytes last) {
    long total = sizes.applyAsLong(range);
    Bytes low = first;
    Bytes high = last;
    Bytes best = last;
    long bestMiss = Long.MAX_VALUE;
    for (int step = 0; step < STEPS_MAX && bestMiss > total / GOOD_ENOUGH_FRACTION; step++) {
      Bytes key = keyBetween(low, high);
      if (key == null) {
        break;
      }
      long before = sizes.applyAsLong(new KeyRange(range.start(), key));
      long miss = Math.abs(total - 2 * before);
      if (miss < bestMiss) {
        best = key;
        bestMiss = miss;
      }
      if (2 * before < total) {
        low = key;
      } else {
        high = key;
      }
    }
    return best;
  }

  /** A key between the two that is near their middle, or null if there is none between them. */
  private @Nullable Bytes keyBetween(Bytes low, Bytes high) {
    if (cursor.seek(midpoint(low, high)) && cursor.key().compareTo(high) < 0) {
      if (!cursor.key().equals(low)) {
        return cursor.key();
      }
      return cursor.next() && cursor.key().compareTo(high) < 0 ? cursor.key() : null;
    }
    // Nothing from the midpoint to the high key: what is left lies just below the midpoint.
    cursor.seek(high);
    return cursor.prev() && cursor.key().compareTo(low) > 0 ? cursor.key() : null;
  }

  /** Bytes that are not below {@code low} and not above {@code high}, about half-way. */
  static Bytes midpoint(Bytes low, Bytes high) {
    int common = 0;
    while (common < low.length() && low.at(common) == high.at(common)) {
      common++; // high is the greater, so it is the longer where they agree
    }
    long from = window(low, common);
    long middle = from + (window(high, common) - from) / 2;
    byte[] bytes = new byte[common + WINDOW_BYTES];
    high.slice(0, common).copyTo(bytes, 0);
    for (int i = 0; i < WINDOW_BYTES; i++) {
      bytes[common + i] = (byte) (middle >>> (8 * (WINDOW_BYTES - 1 - i)));
    }
    return middle == from ? low : Bytes.wrap(bytes);
  }

  /** The bytes from {@code start} on as a number; missing ones count as 0. */
  private static long window(Bytes bytes, int start) {
    long window = 0;
    for (int i = start; i < start + WINDOW_BYTES; i++) {
      window = window << 8 | (i < bytes.length() ? bytes.at(i) & 0xff : 0);
    }
    return window;
  }
}
