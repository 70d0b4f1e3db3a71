package dev.terrane.client;

import java.time.Duration;

/** How long a key will live. */
public sealed interface KeyTtl {
  /** There is no such key. */
  record Absent() implements KeyTtl {}

  /** It does not expire. */
  record Unlimited() implements KeyTtl {}

  /** It expires after {@code left}, which the server rounds down to seconds. */
  record Limited(Duration left) implements KeyTtl {}
}
