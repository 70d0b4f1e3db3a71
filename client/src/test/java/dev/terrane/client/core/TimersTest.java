package dev.terrane.client.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.agent.Agent;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TimersTest {
  private static final long MILLI = 1_000_000;
  private static final long COARSENESS = 2 * MILLI;

  private final List<Probe> fired = new ArrayList<>();
  private final Timers timers = new Timers(500);

  private final class Probe extends Timer {
    private long setToNanos;

    @Override
    void fire() {
      fired.add(this);
    }

    @Override
    void closing() {
      fired.add(this);
    }

    @Override
    void broke(Throwable thrown) {
      throw new AssertionError(thrown);
    }
  }

  private final class Rival extends Timer {
    private Timer rival = this;

    @Override
    void fire() {
      timers.unset(rival);
    }

    @Override
    void closing() {}

    @Override
    void broke(Throwable thrown) {
      throw new AssertionError(thrown);
    }
  }

  private Probe set(long atNanos) {
    Probe probe = new Probe();
    probe.setToNanos = atNanos;
    timers.set(probe, atNanos);
    return probe;
  }

  @Test
  void nothingToWaitForWhenNoneIsSet() {
    assertThat(timers.nextNanos()).isEqualTo(Agent.NO_DEADLINE);
    Probe probe = set(MILLI);
    timers.unset(probe);
    assertThat(timers.nextNanos()).isEqualTo(Agent.NO_DEADLINE);
    assertThat(timers.fire(10_000 * MILLI)).isZero();
  }

  @Test
  void oneThatFiresMayUnsetAnotherThatIsDue() {
    Rival one = new Rival();
    Rival other = new Rival();
    one.rival = other;
    other.rival = one;
    timers.set(one, MILLI);
    timers.set(other, MILLI);
    assertThat(timers.fire(10 * MILLI)).isEqualTo(1);
    assertThat(timers.nextNanos()).isEqualTo(Agent.NO_DEADLINE);
  }

  @Test
  void oneThatFiresMaySetItselfAgain() {
    Timer repeating =
        new Timer() {
          private int times;

          @Override
          void fire() {
            fired.add(new Probe());
            if (++times < 3) {
              timers.set(this, 0);
            }
          }

          @Override
          void closing() {}

          @Override
          void broke(Throwable thrown) {
            throw new AssertionError(thrown);
          }
        };
    timers.set(repeating, MILLI);
    for (long now = 0; now < 20 * MILLI; now += MILLI) {
      timers.fire(now);
    }
    assertThat(fired).hasSize(3);
  }

  @Test
  void closingTellsAll() {
    set(MILLI);
    set(100_000 * MILLI);
    timers.close();
    assertThat(fired).hasSize(2);
    assertThat(timers.nextNanos()).isEqualTo(Agent.NO_DEADLINE);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void eachFiresOnceNeverEarlyAndSoonAfterItsTime(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Probe> set = new ArrayList<>();
    List<Probe> unset = new ArrayList<>();
    long now = 500;
    for (int step = 0; step < 2_000; step++) {
      int dice = random.nextInt(10);
      if (dice < 5) {
        set.add(set(now + random.nextLong(random.nextBoolean() ? 20 * MILLI : 9_000 * MILLI)));
      } else if (dice == 5 && !set.isEmpty()) {
        Probe probe = set.remove(random.nextInt(set.size()));
        timers.unset(probe);
        unset.add(probe);
      } else {
        // Either a small step, or as far as the wheel says that nothing happens.
        now =
            random.nextBoolean() || timers.nextNanos() == Agent.NO_DEADLINE
                ? now + random.nextLong(300 * MILLI)
                : Math.max(now, timers.nextNanos());
        int before = fired.size();
        timers.fire(now);
        for (Probe probe : fired.subList(before, fired.size())) {
          assertThat(probe.setToNanos).as("early").isLessThanOrEqualTo(now);
          assertThat(set.remove(probe)).as("fired twice, or after it was unset").isTrue();
        }
        for (Probe probe : set) {
          assertThat(probe.setToNanos + COARSENESS).as("overdue").isGreaterThan(now);
        }
      }
      assertThat(
              set.stream().mapToLong(probe -> probe.setToNanos + COARSENESS).min().orElse(0) == 0
                  || timers.nextNanos()
                      <= set.stream().mapToLong(p -> p.setToNanos + COARSENESS).min().orElse(0))
          .as("the wheel would be asked too late")
          .isTrue();
    }
    assertThat(fired).doesNotContainAnyElementsOf(unset).hasSizeGreaterThan(100);
  }
}
