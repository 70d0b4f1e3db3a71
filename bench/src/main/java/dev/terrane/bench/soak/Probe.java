package dev.terrane.bench.soak;

import dev.terrane.client.RawClient;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The well-behaved client: a plain get every ten milliseconds, whether those before have been
 * answered or not. Each counts from when it was due, so that no stall goes unseen, of whichever
 * process.
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
    long next = System.nanoTime();
    while (!stopping.getAsBoolean()) {
      next += PERIOD_NANOS;
      while (System.nanoTime() - next < 0) {
        LockSupport.parkNanos(next - System.nanoTime());
      }
      long due = next;
      CompletableFuture<?> get = client.getAsync(Data.smallKey(random.nextInt(Data.SMALL_KEYS)));
      var _ =
          get.whenComplete((value, failure) -> {
            if (failure != null) {
              outcomes.failed(failure);
            } else if (value == null) {
              outcomes.failed("a key is not there");
            } else {
              outcomes.well(System.nanoTime() - due);
            }
          });
    }
  }
}
