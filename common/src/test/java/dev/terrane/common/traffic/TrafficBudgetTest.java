package dev.terrane.common.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.common.InvariantViolation;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class TrafficBudgetTest {
  private static final long KIB = 1 << 10;
  private static final long MIB = 1 << 20;

  private final TrafficBudget budget = new TrafficBudget(16 * MIB);

  @Test
  void whatIsLargeIsRefusedFirstAndWhatTheClusterNeedsLast() {
    Charge large = budget.open(Traffic.CLIENT);
    assertThat(large.take(12 * MIB)).isTrue();
    assertThat(large.take(1)).isFalse();
    assertThat(budget.open(Traffic.CONTROL).take(65 * KIB)).isFalse();

    List<Charge> small = fill(Traffic.CLIENT);
    assertThat(budget.taken()).isEqualTo(15 * MIB);
    assertThat(budget.open(Traffic.CLIENT).take(1)).isFalse();
    assertThat(budget.open(Traffic.CONTROL).take(64 * KIB)).isTrue();

    assertThat(budget.open(Traffic.RAFT).take(MIB - 64 * KIB)).isTrue();
    assertThat(budget.taken()).isEqualTo(budget.bytesMax());
    assertThat(budget.open(Traffic.RAFT).take(1)).isFalse();
    assertThat(budget.refusals()).isEqualTo(5);

    large.close();
    small.forEach(Charge::close);
    assertThat(budget.taken()).isEqualTo(MIB);
  }

  private List<Charge> fill(Traffic traffic) {
    List<Charge> charges = new ArrayList<>();
    while (true) {
      Charge charge = budget.open(traffic);
      if (!charge.take(64 * KIB)) {
        return charges;
      }
      charges.add(charge);
    }
  }

  @Test
  void manySmallChargesOfOneAreLarge() {
    Charge others = budget.open(Traffic.CLIENT);
    assertThat(others.take(12 * MIB)).isTrue();
    assertThat(budget.open(Traffic.CLIENT, 64 * KIB - 1).take(1)).isTrue();
    assertThat(budget.open(Traffic.CLIENT, 64 * KIB).take(1)).isFalse();
  }

  @Test
  void whatIsRefusedTakesNothing() {
    Charge charge = budget.open(Traffic.CLIENT);
    assertThat(charge.take(13 * MIB)).isFalse();
    assertThat(budget.taken()).isZero();
    assertThat(charge.take(Long.MAX_VALUE)).isFalse();
    assertThat(charge.take(MIB)).isTrue();
    assertThat(charge.growTo(3 * MIB)).isTrue();
    assertThat(charge.growTo(2 * MIB)).isTrue();
    assertThat(charge.bytes()).isEqualTo(3 * MIB);
    assertThat(budget.taken()).isEqualTo(3 * MIB);
  }

  @Test
  void aClosedChargeGivesBackOnceAndTakesNothingAnyMore() {
    Charge charge = budget.open(Traffic.CLIENT);
    assertThat(charge.take(MIB)).isTrue();
    charge.close();
    charge.close();
    charge.giveBack(KIB);
    assertThat(budget.taken()).isZero();
    assertThat(charge.take(1)).isFalse();
    assertThat(budget.taken()).isZero();
  }

  @Test
  void anHeirHoldsWhatItIsLeftAndAClosedOneGivesItBack() {
    Charge gathered = budget.open(Traffic.CLIENT);
    Charge sending = budget.open(Traffic.RAFT);
    assertThat(gathered.take(MIB)).isTrue();
    gathered.bequeath(sending);
    assertThat(gathered.take(1)).isFalse();
    assertThat(sending.bytes()).isEqualTo(MIB);
    assertThat(budget.taken()).isEqualTo(MIB);
    sending.close();
    Charge late = budget.open(Traffic.CLIENT);
    assertThat(late.take(MIB)).isTrue();
    late.bequeath(sending);
    assertThat(budget.taken()).isZero();
  }

  @Test
  void givingBackMoreThanThereIsIsABug() {
    Charge charge = budget.open(Traffic.CLIENT);
    assertThat(charge.take(5)).isTrue();
    assertThatThrownBy(() -> charge.giveBack(6)).isInstanceOf(InvariantViolation.class);
  }

  /** Of many that together want more than there is, each has room once the others have given up. */
  @Test
  void oneOfManyThatGatherAlwaysGetsThrough() {
    List<Charge> gathering = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      gathering.add(budget.open(Traffic.CLIENT));
    }
    int complete = 0;
    while (!gathering.isEmpty()) {
      List<Charge> over = new ArrayList<>();
      for (Charge charge : gathering) {
        if (!charge.take(MIB)) {
          charge.giveAllBack();
          over.add(charge);
        } else if (charge.bytes() == 8 * MIB) {
          complete++;
          charge.close();
          over.add(charge);
        }
      }
      gathering.removeAll(over);
    }
    assertThat(complete).isPositive();
    assertThat(budget.taken()).isZero();
  }

  /** Many threads take, give back, leave to others and close; one closes what others fill. */
  @Test
  void neitherBelowNothingNorAboveTheBoundUnderStress() throws InterruptedException {
    int threads = 8;
    AtomicReference<Throwable> failure = new AtomicReference<>();
    AtomicBoolean over = new AtomicBoolean();
    AtomicReference<Charge> shared = new AtomicReference<>(budget.open(Traffic.RAFT));
    CountDownLatch working = new CountDownLatch(threads);
    for (int t = 0; t < threads; t++) {
      SplittableRandom random = new SplittableRandom(t);
      Runnable work =
          () -> {
            try {
              for (int i = 0; i < 20_000; i++) {
                step(random, shared);
              }
            } catch (Throwable e) {
              failure.set(e);
            } finally {
              working.countDown();
            }
          };
      new Thread(work, "stress-" + t).start();
    }
    Thread watcher =
        new Thread(
            () -> {
              while (!over.get()) {
                long taken = budget.taken();
                if (taken < 0 || taken > budget.bytesMax()) {
                  failure.set(new AssertionError(taken + " bytes are taken"));
                }
              }
            },
            "watcher");
    watcher.start();
    working.await();
    over.set(true);
    watcher.join();
    shared.get().close();
    assertThat(failure.get()).isNull();
    assertThat(budget.taken()).isZero();
    assertThat(budget.refusals()).isPositive();
  }

  private void step(SplittableRandom random, AtomicReference<Charge> shared) {
    Charge mine = budget.open(random.nextInt(8) == 0 ? Traffic.RAFT : Traffic.CLIENT);
    while (mine.take(random.nextLong(MIB)) && random.nextInt(8) != 0) {}
    switch (random.nextInt(4)) {
      case 0 -> mine.giveBack(random.nextLong(mine.bytes() + 1));
      case 1 -> mine.bequeath(shared.get());
      case 2 -> mine.giveAllBack();
      default -> {
        Charge old = shared.getAndSet(budget.open(Traffic.RAFT));
        old.close();
        assertThat(old.take(1)).isFalse();
      }
    }
    mine.close();
  }
}
