package dev.terrane.bench.soak;

import dev.terrane.client.RawClient;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The well-behaved client: a plain get every ten milliseconds. A get that begins late because the
 * one before took long counts from when it should have begun, so that no stall goes unseen.
 */
final class Probe {
  private static final long PERIOD_NANOS = 10_000_000;

  private final RawClient client;
  private final Outcomes outcomes;

  Probe(RawClient client, Outcomes outcomes) {
    this.client = client;
    this.outcomes = outcomes;
  }

  void run(BooleanSupplier stopping) {
    SplittableRandom random = new SplittableRandom(7);
    long due = System.nanoTime();
    while (!stopping.getAsBoolean()) {
      due += PERIOD_NANOS;
      while (System.nanoTime() - due < 0) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      try {
        if (client.getAsync(Data.smallKey(random.nextInt(Data.SMALL_KEYS))).join() == null) {
          outcomes.failed("a key is not there");
        } else {
          outcomes.well(System.nanoTime() - due);
        }
      } catch (CompletionException e) {
        outcomes.failed(String.valueOf(e.getCause()));
      }
    }
  }
}
