package dev.terrane.client;

import dev.terrane.common.KeyRange;

/**
 * Which keys to read, and in what order.
 *
 * @param range the keys; an empty bound is no bound
 * @param limit most pairs to return
 * @param keysOnly leaves the values out
 * @param reverse from the highest key downwards
 */
public record RawScan(KeyRange range, int limit, boolean keysOnly, boolean reverse) {
  /** From the lowest key of {@code range} upwards, with values. */
  public static RawScan of(KeyRange range, int limit) {
    return new RawScan(range, limit, false, false);
  }

  public RawScan withKeysOnly() {
    return new RawScan(range, limit, true, reverse);
  }

  public RawScan reversed() {
    return new RawScan(range, limit, keysOnly, true);
  }
}
