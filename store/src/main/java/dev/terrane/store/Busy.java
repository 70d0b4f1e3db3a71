package dev.terrane.store;

import java.time.Duration;

/** What a client that is told to come back later is told. */
final class Busy {
  /** Long enough for what waits to be worked off, short against a client's patience. */
  static final Duration BACKOFF = Duration.ofMillis(100);

  private Busy() {}
}
