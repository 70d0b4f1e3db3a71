package dev.terrane.client.core;

import dev.terrane.client.InvalidArgumentException;
import dev.terrane.client.KeyValue;
import dev.terrane.common.Bytes;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** What an argument may be. Checked before anything is sent; the servers have the same limits. */
final class RawLimits {
  static final int KEY_BYTES_MAX = 64 << 10;
  static final int VALUE_BYTES_MAX = 8 << 20;
  static final long BATCH_BYTES_MAX = 32L << 20;
  static final int LIMIT_MAX = 10_240;

  private RawLimits() {}

  static void key(Bytes key) {
    if (key.length() > KEY_BYTES_MAX) {
      throw new InvalidArgumentException(
          "a key has " + key.length() + " bytes; " + KEY_BYTES_MAX + " are allowed");
    }
  }

  /** What lies just behind the longest key bounds a range, too. */
  static void bound(Bytes bound) {
    if (bound.length() > KEY_BYTES_MAX + 1) {
      key(bound);
    }
  }

  static void value(Bytes value) {
    if (value.length() > VALUE_BYTES_MAX) {
      throw new InvalidArgumentException(
          "a value has " + value.length() + " bytes; " + VALUE_BYTES_MAX + " are allowed");
    }
  }

  static void keys(List<Bytes> keys) {
    long bytes = 0;
    for (Bytes key : keys) {
      key(key);
      bytes += key.length();
    }
    batch(bytes);
  }

  static void pairs(List<KeyValue> pairs) {
    long bytes = 0;
    for (KeyValue pair : pairs) {
      key(pair.key());
      value(pair.value());
      bytes += pair.key().length() + pair.value().length();
    }
    batch(bytes);
  }

  private static void batch(long bytes) {
    if (bytes > BATCH_BYTES_MAX) {
      throw new InvalidArgumentException(
          "a batch has " + bytes + " bytes; " + BATCH_BYTES_MAX + " are allowed");
    }
  }

  static void limit(int limit) {
    if (limit < 0 || limit > LIMIT_MAX) {
      throw new InvalidArgumentException(
          "a scan is limited to " + limit + " pairs; 0 to " + LIMIT_MAX + " are allowed");
    }
  }

  /** TTLs are whole seconds on the wire; zero means that the key does not expire. */
  static long ttlSeconds(Duration ttl) {
    if (ttl.isNegative()) {
      throw new InvalidArgumentException("a TTL is negative: " + ttl);
    }
    if (!ttl.truncatedTo(ChronoUnit.SECONDS).equals(ttl)) {
      throw new InvalidArgumentException("a TTL is not in whole seconds: " + ttl);
    }
    return ttl.toSeconds();
  }
}
