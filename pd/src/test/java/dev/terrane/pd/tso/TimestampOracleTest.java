package dev.terrane.pd.tso;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of the timestamp oracle, one a test. Times are in milliseconds. */
class TimestampOracleTest {
  private static final long WINDOW = 5_000;

  private static TimestampOracle opened(long wall, long lastBound) {
    TimestampOracle oracle = TimestampOracle.open(wall, lastBound, WINDOW);
    oracle.saved(oracle.boundToSave(wall));
    return oracle;
  }

  private static Timestamp next(TimestampOracle oracle) {
    Timestamp timestamp = oracle.allocate(1);
    assertThat(timestamp).isNotNull();
    return timestamp == null ? new Timestamp(0, 0) : timestamp;
  }

  @Test
  void givesNothingBeforeItsFirstWindowIsSaved() {
    TimestampOracle oracle = TimestampOracle.open(1_000, 0, WINDOW);
    assertThat(oracle.isOpen()).isFalse();
    assertThat(oracle.allocate(1)).isNull();
    assertThat(oracle.boundToSave(1_000)).isEqualTo(6_000);
    assertThat(oracle.boundToSave(1_000)).as("one request at a time").isZero();
    oracle.saved(6_000);
    assertThat(oracle.isOpen()).isTrue();
    assertThat(oracle.allocate(1)).isEqualTo(new Timestamp(1_000, 1));
  }

  @Test
  void startsAboveTheLastBoundWhateverTheClockSays() {
    assertThat(next(opened(1_000, 90_000))).isEqualTo(new Timestamp(90_001, 1));
    assertThat(next(opened(95_000, 90_000))).isEqualTo(new Timestamp(95_000, 1));
  }

  @Test
  void aBatchEndsWithTheTimestampThatIsAnswered() {
    TimestampOracle oracle = opened(1_000, 0);
    assertThat(oracle.allocate(10)).isEqualTo(new Timestamp(1_000, 10));
    assertThat(oracle.allocate(5)).isEqualTo(new Timestamp(1_000, 15));
  }

  @Test
  void followsTheClock() {
    TimestampOracle oracle = opened(1_000, 0);
    oracle.update(1_001); // not more than a millisecond ahead: stays
    assertThat(next(oracle)).isEqualTo(new Timestamp(1_000, 1));
    oracle.update(1_050);
    assertThat(next(oracle)).isEqualTo(new Timestamp(1_050, 1));
  }

  @Test
  void staysWhenTheClockGoesBack() {
    TimestampOracle oracle = opened(1_000, 0);
    next(oracle);
    oracle.update(10);
    assertThat(next(oracle)).isEqualTo(new Timestamp(1_000, 2));
  }

  @Test
  void movesOnByOneMillisecondWhenHalfOfItIsUsed() {
    TimestampOracle oracle = opened(1_000, 0);
    oracle.allocate(TimestampOracle.LOGICAL_LIMIT / 2 + 1);
    oracle.update(1_000);
    assertThat(next(oracle)).isEqualTo(new Timestamp(1_001, 1));
  }

  @Test
  void takesTheNextMillisecondWhenABatchDoesNotFit() {
    TimestampOracle oracle = opened(1_000, 0);
    long most = TimestampOracle.LOGICAL_LIMIT - 1;
    assertThat(oracle.allocate(most)).isEqualTo(new Timestamp(1_000, most));
    assertThat(oracle.allocate(most)).isEqualTo(new Timestamp(1_001, most));
  }

  @Test
  void neverReachesTheSavedBound() {
    TimestampOracle oracle = opened(1_000, 0);
    long most = TimestampOracle.LOGICAL_LIMIT - 1;
    Timestamp last = null;
    for (Timestamp t = oracle.allocate(most); t != null; t = oracle.allocate(most)) {
      last = t;
    }
    assertThat(last).isNotNull();
    assertThat(last == null ? 0 : last.physicalMillis()).isLessThan(6_000);
    oracle.update(50_000); // the clock is beyond the window: it must be saved first
    assertThat(oracle.allocate(most)).isNull();
    long bound = oracle.boundToSave(50_000);
    assertThat(bound).isEqualTo(55_000);
    oracle.saved(bound);
    oracle.update(50_000);
    assertThat(oracle.allocate(1)).isEqualTo(new Timestamp(50_000, 1));
  }

  @Test
  void asksForTheNextWindowAheadOfItsUse() {
    TimestampOracle oracle = opened(1_000, 0);
    assertThat(oracle.boundToSave(3_000)).isZero();
    assertThat(oracle.boundToSave(3_600)).isEqualTo(8_600);
    oracle.notSaved();
    assertThat(oracle.boundToSave(3_700)).as("asked again after a loss").isEqualTo(8_700);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void isStrictlyIncreasingAcrossLeadersRestartsAndClocks(long seed) {
    Random random = new Random(seed);
    long wall = 1_000_000;
    long savedBound = 0;
    TimestampOracle oracle = TimestampOracle.open(wall, savedBound, WINDOW);
    long last = 0;
    int given = 0;
    for (int i = 0; i < 20_000; i++) {
      wall = Math.max(0, wall + random.nextInt(200) - (random.nextInt(50) == 0 ? 60_000 : 20));
      switch (random.nextInt(20)) {
        case 0 -> oracle = TimestampOracle.open(wall, savedBound, WINDOW); // another leader
        case 1, 2, 3, 4 -> oracle.update(wall);
        case 5, 6 -> {
          long bound = oracle.boundToSave(wall);
          if (bound != 0 && random.nextInt(5) == 0) {
            oracle.notSaved();
          } else if (bound != 0) {
            savedBound = Math.max(savedBound, bound);
            oracle.saved(bound);
          }
        }
        default -> {
          long count = random.nextLong(1, random.nextBoolean() ? 11 : 200_000);
          Timestamp timestamp = oracle.allocate(count);
          if (timestamp != null) {
            long first = timestamp.asLong() - count + 1;
            assertThat(first).as("step %d of seed %d", i, seed).isGreaterThan(last);
            assertThat(timestamp.physicalMillis()).isLessThan(savedBound);
            last = timestamp.asLong();
            given++;
          }
        }
      }
    }
    assertThat(given).isGreaterThan(1_000);
  }
}
