package dev.terrane.txn.raw;

import dev.terrane.common.Bytes;
import dev.terrane.common.TimeSource;
import dev.terrane.common.region.RegionError;
import dev.terrane.txn.ReadPool;
import dev.terrane.txn.RegionStorage;
import dev.terrane.txn.latch.Latches;
import java.time.Duration;
import java.util.function.Consumer;

/** What all raw commands of a store share. Thread-safe. */
record RawEnvironment(
    RegionStorage storage,
    RawCodec codec,
    boolean hasTtl,
    RawLimits limits,
    Latches latches,
    ReadPool readPool,
    TimeSource time,
    ExpiryCleaner cleaner,
    Consumer<RuntimeException> failures) {

  static final RegionError TOO_MANY_READS =
      new RegionError.ServerIsBusy("too many reads wait for the disk", Duration.ofMillis(50));
  static final RegionError TOO_MANY_LATCHED =
      new RegionError.ServerIsBusy(
          "too many commands wait for others on the same keys", Duration.ofMillis(50));

  static final RegionError NO_ROOM =
      new RegionError.ServerIsBusy(
          "answers that are made or not yet read fill the memory kept for them",
          Duration.ofMillis(100));

  long nowSeconds() {
    return time.wallMillis() / 1000;
  }

  Deadline deadline(RawContext context) {
    return Deadline.in(context.maxExecutionMillis(), time);
  }

  /** Unsigned: a life without end in sight is cut at the last second that can be written. */
  long expiryAfter(long ttlSeconds) {
    if (ttlSeconds == 0) {
      return 0;
    }
    long expiry = nowSeconds() + ttlSeconds;
    return Long.compareUnsigned(expiry, ttlSeconds) < 0 ? -1 : expiry;
  }

  boolean isExpired(Bytes engineValue) {
    if (!hasTtl) {
      return false;
    }
    long expiry = codec.expirySeconds(engineValue);
    return expiry != 0 && Long.compareUnsigned(expiry, nowSeconds()) <= 0;
  }
}
