package dev.terrane.store;

import static dev.terrane.store.ClusterHarness.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.region.Region;
import dev.terrane.txn.ReadMode;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One store, one Region, one peer. */
class SingleStoreTest {
  @Test
  void bootstrapsTheClusterAndReportsToPd() {
    ClusterHarness cluster = ClusterHarness.ofOne(1);
    cluster.runFor(Duration.ofSeconds(2));

    Region known = cluster.pd().known(cluster.regionId());
    assertThat(known).isEqualTo(cluster.pd().firstRegion());
    assertThat(cluster.pd().stores()).containsKey(cluster.store(0).storeId());
    assertThat(cluster.pd().storeStats()).containsKey(cluster.store(0).storeId());
    assertThat(cluster.store(0).store().regionOf(key("any"))).isEqualTo(known);
  }

  @Test
  void answersAWriteOnceItIsAppliedAndReadsItBackOnALease() {
    ClusterHarness cluster = ClusterHarness.ofOne(2);
    cluster.put("k", "v");

    ClusterHarness.ReadOutcome read = cluster.read(cluster.store(0), ReadMode.LEADER, "k");

    assertThat(read.done).as("a lease answers on the caller's thread").isTrue();
    assertThat(cluster.get("k")).isEqualTo("v");
    assertThat(cluster.get("absent")).isNull();
  }

  @Test
  void aloneItKeepsItsLeaseWithoutTicksOrRounds() {
    ClusterHarness cluster = ClusterHarness.ofOne(4);
    cluster.put("k", "v");
    StoreHarness store = cluster.store(0);
    long indexBefore = store.log().lastIndex(cluster.regionId());
    cluster.runFor(Duration.ofMinutes(2));

    ClusterHarness.ReadOutcome read = cluster.read(store, ReadMode.LEADER, "k");

    assertThat(read.done).as("the lease still answers on the caller's thread").isTrue();
    assertThat(store.log().lastIndex(cluster.regionId())).isEqualTo(indexBefore);
    assertThat(cluster.wakeUpsOf(store, Duration.ofMinutes(1))).as("nothing ticks").isLessThan(60);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void keepsWhatItAcknowledgedOverRestarts(long seed) {
    ClusterHarness cluster = ClusterHarness.ofOne(seed);
    StoreHarness store = cluster.store(0);
    for (int round = 0; round < 4; round++) {
      for (int i = 0; i < 20; i++) {
        cluster.put("k" + i, round + "-" + i);
      }
      if (round % 2 == 0) {
        store.losePower();
      } else {
        store.kill();
      }
      store.start();
      for (int i = 0; i < 20; i++) {
        assertThat(cluster.get("k" + i)).isEqualTo(round + "-" + i);
      }
    }
  }

  @Test
  void putsManyProposalsIntoOneLogEntryAndOneSync() {
    ClusterHarness cluster = ClusterHarness.ofOne(3);
    cluster.put("first", "v");
    StoreHarness store = cluster.store(0);
    long lastBefore = store.log().lastIndex(cluster.regionId());
    var outcomes = new ArrayList<ClusterHarness.WriteOutcome>();
    for (int i = 0; i < 100; i++) {
      outcomes.add(cluster.write(store, "k" + i, "v" + i));
    }

    cluster.await("all writes", () -> outcomes.stream().allMatch(o -> o.succeeded()));

    assertThat(store.log().lastIndex(cluster.regionId())).isEqualTo(lastBefore + 1);
    for (int i = 0; i < 100; i++) {
      assertThat(cluster.get("k" + i)).isEqualTo("v" + i);
    }
  }
}
