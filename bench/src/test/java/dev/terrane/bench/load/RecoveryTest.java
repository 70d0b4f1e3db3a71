package dev.terrane.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RecoveryTest {
  private final Recovery recovery = new Recovery(100);

  @Test
  void recoveryBeginsWithTheFirstWindowAtNineTenths() {
    add(10, 100);
    recovery.fault();
    add(7, 0);
    add(3, 50);
    add(10, 95);
    assertThat(recovery.rateBefore()).isEqualTo(1_000);
    assertThat(recovery.recoveryMillis()).hasValue(1_000);
    assertThat(recovery.longestSilenceMillis()).isEqualTo(700);
  }

  @Test
  void aSingleGoodIntervalIsNoRecovery() {
    add(10, 100);
    recovery.fault();
    add(4, 0);
    add(1, 100);
    add(4, 0);
    assertThat(recovery.recoveryMillis()).isEmpty();
  }

  private void add(int intervals, long count) {
    for (int i = 0; i < intervals; i++) {
      recovery.add(count);
    }
  }
}
