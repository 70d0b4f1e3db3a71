package dev.terrane.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole groups under a hostile network, then healed. {@code -Draft.seeds=5000} widens, {@code
 * -Draft.seed=7} replays one; a failure names its seed.
 */
class RandomisedGroupTest {
  private static final int STEPS = 10_000;

  static LongStream seeds() {
    Long one = Long.getLong("raft.seed");
    return one != null
        ? LongStream.of(one)
        : LongStream.rangeClosed(1, Long.getLong("raft.seeds", 150));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void staysSafeAndRecovers(long seed) {
    run(seed);
  }

  /** A test that could not fail would commit nothing and confirm no read. */
  @Test
  void groupsDoRealWork() {
    long committed = 0;
    int reads = 0;
    for (long seed = 1; seed <= 10; seed++) {
      HostileGroup group = run(seed);
      committed += group.committed();
      reads += group.confirmedReads();
    }
    assertThat(committed).isGreaterThan(500);
    assertThat(reads).isGreaterThan(50);
  }

  static HostileGroup run(long seed) {
    HostileGroup group = new HostileGroup(seed);
    try {
      group.run(STEPS);
      group.healAndDemandProgress();
    } catch (Throwable failure) {
      throw new AssertionError(
          "seed " + seed + " failed; replay with -Draft.seed=" + seed + "\n" + group.trace(),
          failure);
    }
    return group;
  }
}
