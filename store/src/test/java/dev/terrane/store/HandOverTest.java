package dev.terrane.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.txn.ReadMode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a store that stops gives away what it leads. */
class HandOverTest {
  private static final Duration ELECTION = Duration.ofSeconds(2);

  private int told;

  private void handOver(StoreHarness store) {
    store.store().handLeadershipAway(() -> told++);
  }

  private static Duration since(ClusterHarness cluster, long startNanos) {
    return Duration.ofNanos(cluster.time().nanoTime() - startNanos);
  }

  private static List<Long> storeIds(ClusterHarness cluster) {
    return cluster.stores().stream().map(StoreHarness::storeId).toList();
  }

  @Test
  void aStoreThatIsAloneIsDoneAtOnce() {
    ClusterHarness cluster = ClusterHarness.ofOne(1);
    handOver(cluster.store(0));
    cluster.step();
    assertThat(told).isOne();
    assertThat(cluster.store(0).leads(cluster.regionId())).isTrue();
  }

  @Test
  void aStoreThatLeadsNothingIsDoneAtOnce() {
    ClusterHarness cluster = ClusterHarness.ofThree(2);
    StoreHarness leader = cluster.awaitLeader();
    handOver(cluster.store(0).equals(leader) ? cluster.store(1) : cluster.store(0));
    cluster.step();
    assertThat(told).isOne();
    assertThat(cluster.leader()).isEqualTo(leader);
  }

  @Test
  void leadershipHasMovedWhenItIsOver() {
    ClusterHarness cluster = ClusterHarness.ofThree(3);
    cluster.put("k", "v");
    StoreHarness old = cluster.awaitLeader();
    long start = cluster.time().nanoTime();
    handOver(old);
    cluster.await("the end of the hand-over", () -> told > 0);
    assertThat(old.leads(cluster.regionId())).isFalse();
    assertThat(since(cluster, start)).as("no election timeout is waited for").isLessThan(ELECTION);
    cluster.await("another leader", () -> !old.equals(cluster.awaitLeader()));
    assertThat(cluster.get(cluster.awaitLeader(), ReadMode.LEADER, "k")).isEqualTo("v");
    cluster.runFor(ELECTION);
    assertThat(told).as("it is told once").isOne();
  }

  @Test
  void anotherIsAskedWhenTheFirstDoesNotTakeIt() {
    ClusterHarness cluster = ClusterHarness.ofThree(4);
    cluster.put("k", "v");
    StoreHarness old = cluster.awaitLeader();
    List<StoreHarness> others = cluster.stores().stream().filter(s -> !s.equals(old)).toList();
    // Both have all of the log; whichever is asked first, one of the two has just died.
    for (StoreHarness dead : others) {
      told = 0;
      StoreHarness leader = cluster.awaitLeader();
      if (leader.equals(dead)) {
        continue;
      }
      dead.kill();
      handOver(leader);
      cluster.await("the end of the hand-over", () -> told > 0);
      assertThat(leader.leads(cluster.regionId())).isFalse();
      dead.start();
      cluster.put("k", "again");
      cluster.runFor(ELECTION);
    }
  }

  @Test
  void aLeaderThatHearsOfNobodyDoesNotWaitForLong() {
    ClusterHarness cluster = ClusterHarness.ofThree(5);
    StoreHarness old = cluster.awaitLeader();
    cluster.network().isolate(old.storeId(), storeIds(cluster));
    long start = cluster.time().nanoTime();
    handOver(old);
    cluster.await("the end of the hand-over", () -> told > 0);
    assertThat(since(cluster, start)).isLessThan(ELECTION.multipliedBy(2));
  }
}
