package dev.terrane.cli.data;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;

/** Ranges that are said in the ways people say them. */
public final class ScanBounds {
  /** How many entries a scan returns if nobody says. */
  public static final int LIMIT_DEFAULT = 100;

  private ScanBounds() {}

  /**
   * Keys from {@code start} up to but not including {@code end}; either may be empty, for no bound.
   * Bounds in the wrong order are a mistake, not a range without keys.
   *
   * @throws IllegalArgumentException in words for whoever typed them
   */
  public static KeyRange between(Bytes start, Bytes end) {
    if (!end.isEmpty() && start.compareTo(end) > 0) {
      throw new IllegalArgumentException(
          "END comes before START: nothing is between them; with --reverse, too, START is the lower");
    }
    return new KeyRange(start, end);
  }

  /** All keys that start with {@code prefix}. */
  public static KeyRange prefix(Bytes prefix) {
    return new KeyRange(prefix, endOfPrefix(prefix));
  }

  /** The first key after all those that start with {@code prefix}; empty if there is none. */
  private static Bytes endOfPrefix(Bytes prefix) {
    byte[] end = prefix.toByteArray();
    for (int i = end.length - 1; i >= 0; i--) {
      if (end[i] != (byte) 0xff) {
        end[i]++;
        return Bytes.wrap(end, 0, i + 1);
      }
    }
    return Bytes.EMPTY;
  }
}
