package dev.terrane.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LeaseTest {
  private static final long DURATION = 900;

  private final Lease lease = new Lease(DURATION);

  @Test
  void runsFromTheStartOfTheRoundThatAQuorumAnswered() {
    lease.roundStarted(1, 1000);
    assertThat(lease.isValidAt(1000)).isFalse();
    lease.roundConfirmed(1);

    assertThat(lease.isValidAt(1000 + DURATION - 1)).isTrue();
    assertThat(lease.isValidAt(1000 + DURATION)).isFalse();
  }

  @Test
  void hasNoEndWhileNobodyElseCanLead() {
    lease.alone(true, 1000);
    lease.roundStarted(1, 1000);
    lease.roundConfirmed(1);
    lease.alone(true, 2000);

    assertThat(lease.isValidAt(1000 + TimeUnit.DAYS.toNanos(10_000))).isTrue();
  }

  @Test
  void endsWhenSomebodyElseMayCome() {
    lease.alone(true, 1000);
    lease.roundStarted(1, 1000); // answered by nobody but the only member
    lease.alone(false, 1001);
    lease.roundConfirmed(1);
    assertThat(lease.isValidAt(1001)).isFalse();

    lease.roundStarted(2, 1100);
    lease.roundConfirmed(2);
    assertThat(lease.isValidAt(1101)).isTrue();
    assertThat(lease.isValidAt(1100 + DURATION)).isFalse();
  }
}
