package dev.terrane.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class LeaseCellTest {
  private static boolean validAt(LeaseCell cell, long nowNanos) {
    LeaseCell.Grant grant = cell.grant();
    return grant != null && grant.isValidAt(nowNanos);
  }

  @Test
  void isValidUntilItsEndAndNotWhenRevoked() {
    LeaseCell cell = new LeaseCell();
    assertThat(cell.grant()).isNull();

    cell.grant(3, 100);
    assertThat(validAt(cell, 99)).isTrue();
    assertThat(validAt(cell, 100)).isFalse();

    cell.revoke();
    assertThat(cell.grant()).isNull();
  }

  @Test
  void comparesTimesAcrossTheOverflowOfTheClock() {
    LeaseCell cell = new LeaseCell();
    cell.grant(1, Long.MIN_VALUE + 10);

    assertThat(validAt(cell, Long.MAX_VALUE)).isTrue();
    assertThat(validAt(cell, Long.MIN_VALUE + 11)).isFalse();
  }

  /** A writer grants ever later ends, with terms that fit, and revokes in between. */
  @Test
  @Timeout(30)
  void readersNeverSeeATermWithAnotherTermsEnd() throws Exception {
    LeaseCell cell = new LeaseCell();
    AtomicLong revokedTerm = new AtomicLong();
    AtomicReference<@Nullable String> wrong = new AtomicReference<>();
    CountDownLatch reading = new CountDownLatch(1);
    AtomicLong stop = new AtomicLong();
    Thread reader =
        new Thread(() -> {
          reading.countDown();
          while (stop.get() == 0) {
            long revoked = revokedTerm.get();
            LeaseCell.Grant grant = cell.grant();
            if (grant != null && grant.endNanos() / 1000 != grant.term()) {
              wrong.set(grant.toString());
            }
            if (grant != null && grant.term() <= revoked) {
              wrong.set("term " + grant.term() + " though " + revoked + " was revoked");
            }
          }
        });
    reader.start();
    reading.await();
    for (long term = 1; term <= 200_000; term++) {
      cell.grant(term, term * 1000 + 1);
      cell.grant(term, term * 1000 + 2);
      cell.revoke();
      revokedTerm.set(term);
    }
    stop.set(1);
    reader.join();
    assertThat(wrong.get()).isNull();
  }
}
