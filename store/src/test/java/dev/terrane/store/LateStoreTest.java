package dev.terrane.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.txn.ReadMode;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A store that gets to its work late, though not so late that it notices a pause. */
class LateStoreTest {
  static LongStream seeds() {
    return LongStream.rangeClosed(1, 60);
  }

  /**
   * The leader is cut off right after a follower has caught up with what had come while it was
   * late. The third store, which has not heard of the leader for long, stands as soon as it may.
   */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void ticksThatItMissedDoNotShortenWhatItPromisesNow(long seed) {
    leaderIsCutOffWhenAFollowerHasBeenLateFor(Duration.ofMillis(200 + seed % 10 * 10), seed);
  }

  /** As long as it would have slept by itself, and longer. */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void norDoTicksThatItSleptOver(long seed) {
    leaderIsCutOffWhenAFollowerHasBeenLateFor(Duration.ofMillis(40 * seed), seed);
  }

  private static void leaderIsCutOffWhenAFollowerHasBeenLateFor(Duration duration, long seed) {
    ClusterHarness cluster = ClusterHarness.ofThree(seed);
    cluster.put("k", "v");
    StoreHarness leader = cluster.awaitLeader();
    List<StoreHarness> others = cluster.stores().stream().filter(store -> store != leader).toList();
    StoreHarness late = others.getFirst();
    StoreHarness deaf = others.getLast();
    cluster.network().isolate(leader.storeId(), List.of(deaf.storeId()));
    cluster.runFor(Duration.ofMillis(3000 + seed));

    late.pause(true);
    cluster.runFor(duration);
    late.pause(false);
    cluster.runFor(Duration.ofMillis(20)); // the leader hears the answer, and prolongs its lease
    cluster.network().isolate(leader.storeId(), List.of(late.storeId()));

    cluster.await(
        "another leader", () -> late.leads(cluster.regionId()) || deaf.leads(cluster.regionId()));
    ClusterHarness.ReadOutcome read = cluster.read(leader, ReadMode.LEADER, "k");
    assertThat(read.reader).as("read on a lease while another leads").isNull();
  }
}
