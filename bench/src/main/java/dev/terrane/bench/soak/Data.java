package dev.terrane.bench.soak;

import dev.terrane.client.RawClient;
import dev.terrane.common.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What the soak puts before it begins: small values, rows of 20 kB, and values of 8 MiB. */
final class Data {
  static final int SMALL_KEYS = 100_000;
  static final int WIDE_ROWS = 10_240;
  static final int WIDE_BYTES = 20_000;
  static final int HUGE_VALUES = 100;
  static final int HUGE_BYTES = 8 << 20;
  static final String WIDE_START = "wide/";
  static final String HUGE_START = "huge/";

  /** As many as make answers of some 32 MiB, which a node of a small heap has room for. */
  static final int WIDE_ROWS_THAT_FIT = 1_600;

  static final int HUGE_VALUES_THAT_FIT = 4;

  private static final int SMALL_BYTES = 100;
  private static final int OUTSTANDING_BYTES_MAX = 32 << 20;

  private final SplittableRandom random = new SplittableRandom(1);
  private final RawClient client;
  private final Semaphore room = new Semaphore(OUTSTANDING_BYTES_MAX);
  private final AtomicLong slowestNanos = new AtomicLong();
  private volatile @Nullable Throwable failure;

  Data(RawClient client) {
    this.client = client;
  }

  static Bytes bytes(String key) {
    return Bytes.wrap(key.getBytes(StandardCharsets.US_ASCII));
  }

  static Bytes smallKey(int number) {
    return key("small/", number);
  }

  static Bytes value(SplittableRandom random, int size) {
    byte[] value = new byte[size];
    random.nextBytes(value);
    return Bytes.wrap(value);
  }

  private static Bytes key(String prefix, int number) {
    return bytes(prefix + String.format(Locale.ROOT, "%08d", number));
  }

  /** Puts it all, and returns when it is acknowledged. */
  void put() throws InterruptedException {
    put("small/", SMALL_KEYS, SMALL_BYTES);
    put(WIDE_START, WIDE_ROWS, WIDE_BYTES);
    put(HUGE_START, HUGE_VALUES, HUGE_BYTES);
    room.acquire(OUTSTANDING_BYTES_MAX);
    Throwable failed = failure;
    if (failed != null) {
      throw new IllegalStateException("not everything could be put", failed);
    }
  }

  /** How long the slowest put took. */
  long slowestMillis() {
    return TimeUnit.NANOSECONDS.toMillis(slowestNanos.get());
  }

  private void put(String prefix, int count, int size) throws InterruptedException {
    int permits = Math.max(size, OUTSTANDING_BYTES_MAX / 256);
    for (int i = 0; i < count; i++) {
      room.acquire(permits);
      long startNanos = System.nanoTime();
      CompletableFuture<?> put = client.putAsync(key(prefix, i), value(random, size));
      var _ =
          put.whenComplete((done, failed) -> {
            if (failed != null) {
              failure = failed;
            }
            slowestNanos.accumulateAndGet(System.nanoTime() - startNanos, Math::max);
            room.release(permits);
          });
    }
  }
}
