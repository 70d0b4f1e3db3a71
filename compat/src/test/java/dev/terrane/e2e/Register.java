package dev.terrane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What may be read from one key that a single writer sets to 1, 2, 3, and so on.
 *
 * <p>A read must not return less than what was acknowledged, or seen by any reader, before it
 * began; nor more than was attempted when it ended. A write whose outcome is unknown may take
 * effect at any later time, so after one the writer takes another key: {@link #attempted} is then
 * one above {@link #acknowledged} for good.
 *
 * <p>Thread-safe; one writer.
 */
final class Register {
  private final String key;
  private final AtomicLong attempted = new AtomicLong();
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong seen = new AtomicLong();

  Register(String key) {
    this.key = key;
  }

  String key() {
    return key;
  }

  /** The next value to write. */
  long attempt() {
    return attempted.incrementAndGet();
  }

  void acknowledge(long value) {
    acknowledged.set(value);
  }

  /** The least value that a read which begins now may return; 0 stands for an absent key. */
  long floor() {
    return Math.max(acknowledged.get(), seen.get());
  }

  /** Checks what a read returned that began when {@link #floor} was {@code floor}. */
  void observe(long value, long floor) {
    assertThat(value)
        .as("read of %s: acknowledged or seen before", key)
        .isGreaterThanOrEqualTo(floor);
    assertThat(value).as("read of %s: attempted", key).isLessThanOrEqualTo(attempted.get());
    seen.accumulateAndGet(value, Math::max);
  }
}
