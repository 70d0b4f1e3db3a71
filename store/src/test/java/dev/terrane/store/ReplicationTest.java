package dev.terrane.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.region.Peer;
import dev.terrane.common.region.PeerRole;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionError;
import dev.terrane.txn.ReadMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Three stores with one Region: replication, leadership and reads. */
class ReplicationTest {
  @Test
  void growsFromOneToThreeVotersThroughLearnersAndOneJointChange() {
    ClusterHarness cluster = ClusterHarness.ofThree(1);

    Region region = cluster.region();

    assertThat(region.peers()).extracting(Peer::storeId).hasSize(3).doesNotHaveDuplicates();
    assertThat(region.peers()).allMatch(p -> p.role() == PeerRole.VOTER);
    // 1, two learners, enter joint with two changes, leave with two peers in between
    assertThat(region.epoch().confVer()).isEqualTo(1 + 2 + 2 + 2);
    assertThat(region.epoch().version()).isEqualTo(1);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void everyStoreAppliesWhatTheLeaderAcknowledged(long seed) {
    ClusterHarness cluster = ClusterHarness.ofThree(seed);
    for (int i = 0; i < 50; i++) {
      cluster.put("k" + i, "v" + i);
    }
    for (StoreHarness store : cluster.stores()) {
      cluster.await("replicas", () -> "v49".equals(ClusterHarness.stored(store, "k49")));
      for (int i = 0; i < 50; i++) {
        assertThat(ClusterHarness.stored(store, "k" + i)).isEqualTo("v" + i);
      }
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  void acknowledgedWritesSurviveTheLossOfTheLeader(long seed) {
    ClusterHarness cluster = ClusterHarness.ofThree(seed);
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 10; i++) {
        cluster.put("k" + i, round + "-" + i);
      }
      StoreHarness old = cluster.awaitLeader();
      if (round % 2 == 0) {
        old.losePower();
      } else {
        old.kill();
      }
      cluster.await("a new leader", () -> cluster.leader() != null && cluster.leader() != old);
      for (int i = 0; i < 10; i++) {
        assertThat(cluster.get("k" + i)).isEqualTo(round + "-" + i);
      }
      old.start();
      for (int i = 0; i < 10; i++) {
        assertThat(cluster.get(old, ReadMode.REPLICA, "k" + i)).isEqualTo(round + "-" + i);
      }
    }
  }

  @Test
  void whatOnlyTheDiskHasForAFollowerHoldsUpNobodyElse() {
    ClusterHarness cluster = ClusterHarness.ofThree(6);
    StoreHarness behind = other(cluster, cluster.awaitLeader());
    long snapshotBytes = cluster.network().snapshotBytes();
    behind.kill();
    for (int i = 0; i < 20; i++) {
      cluster.put("k" + i, "v" + i);
    }
    for (StoreHarness store : cluster.stores()) {
      if (store != behind) {
        store.kill(); // what it has cached is gone
        store.start();
      }
    }
    cluster.put("settled", "on"); // what the leader itself had to read of its log, it has read
    StoreHarness leader = cluster.awaitLeader();
    leader.disk().hold("read-log"::equals);
    behind.start();
    cluster.await("a read of the log", () -> leader.disk().isWaiting("read-log"));

    cluster.put("later", "on");
    assertThat(cluster.get("later")).isEqualTo("on");
    assertThat(ClusterHarness.stored(behind, "k19")).isNull();

    leader.disk().release();
    cluster.await("the follower", () -> "on".equals(ClusterHarness.stored(behind, "later")));
    assertThat(ClusterHarness.stored(behind, "k19")).isEqualTo("v19");
    assertThat(cluster.network().snapshotBytes()).isEqualTo(snapshotBytes);
  }

  @Test
  void aFollowerTellsWhoLeadsAndServesReplicaReads() {
    ClusterHarness cluster = ClusterHarness.ofThree(2);
    cluster.put("k", "v");
    StoreHarness leader = cluster.awaitLeader();
    StoreHarness follower = other(cluster, leader);

    ClusterHarness.ReadOutcome read = cluster.read(follower, ReadMode.LEADER, "k");
    ClusterHarness.WriteOutcome write = cluster.write(follower, "k", "w");

    Peer leading = cluster.region().peerOnStore(leader.storeId());
    assertThat(read.error).isEqualTo(new RegionError.NotLeader(cluster.regionId(), leading));
    assertThat(write.error).isEqualTo(new RegionError.NotLeader(cluster.regionId(), leading));
    assertThat(cluster.get(follower, ReadMode.REPLICA, "k")).isEqualTo("v");
  }

  @Test
  void aReplicaReadSeesEveryWriteAcknowledgedBeforeIt() {
    ClusterHarness cluster = ClusterHarness.ofThree(3);
    StoreHarness follower = other(cluster, cluster.awaitLeader());
    for (int i = 0; i < 30; i++) {
      cluster.put("k", "v" + i);
      assertThat(cluster.get(follower, ReadMode.REPLICA, "k")).isEqualTo("v" + i);
    }
  }

  @Test
  void leadershipMovesOnRequestAndTheOldLeaderHasNoLease() {
    ClusterHarness cluster = ClusterHarness.ofThree(4);
    cluster.put("k", "v");
    StoreHarness old = cluster.awaitLeader();
    StoreHarness next = other(cluster, old);

    cluster.transferLeader(next);

    ClusterHarness.ReadOutcome read = cluster.read(old, ReadMode.LEADER, "k");
    cluster.await("an answer", () -> read.done);
    assertThat(read.error).isInstanceOf(RegionError.NotLeader.class);
    assertThat(cluster.get(next, ReadMode.LEADER, "k")).isEqualTo("v");
  }

  @Test
  void anIsolatedLeaderStopsAnsweringAndItsWritesAreUndetermined() {
    ClusterHarness cluster = ClusterHarness.ofThree(5);
    cluster.put("k", "old");
    StoreHarness old = cluster.awaitLeader();
    cluster.network().isolate(old.storeId(), storeIds(cluster));
    ClusterHarness.WriteOutcome lost = cluster.write(old, "k", "lost");

    cluster.await("a new leader", () -> cluster.leader() != null && cluster.leader() != old);
    cluster.put("k", "new");
    cluster.await("the lost write's answer", () -> lost.done);

    assertThat(lost.error).isInstanceOf(RegionError.UndeterminedResult.class);
    ClusterHarness.ReadOutcome stale = cluster.read(old, ReadMode.LEADER, "k");
    cluster.await("an answer", () -> stale.done);
    assertThat(stale.reader).as("no read on an isolated former leader").isNull();

    cluster.network().heal();
    assertThat(cluster.get(old, ReadMode.REPLICA, "k")).isEqualTo("new");
  }

  @Test
  void aWriteWhoseIndexAnotherTermTookIsStaleAndNotUndetermined() {
    ClusterHarness cluster = ClusterHarness.ofThree(7);
    cluster.put("k", "old");
    StoreHarness old = cluster.awaitLeader();
    cluster.network().isolate(old.storeId(), storeIds(cluster));
    ClusterHarness.WriteOutcome lost = cluster.write(old, "k", "lost");
    cluster.await("a new leader", () -> cluster.leader() != null && cluster.leader() != old);
    cluster.put("k", "new");
    assertThat(lost.done).as("nobody can tell yet").isFalse();

    cluster.network().heal();
    cluster.await("the lost write's answer", () -> lost.done);

    assertThat(lost.error).isEqualTo(new RegionError.StaleCommand());
    assertThat(cluster.get("k")).isEqualTo("new");
  }

  /** The lease rule: whoever reads on a lease sees what any leader acknowledged before. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void aLeaseNeverOutlivesLeadership(long seed) {
    ClusterHarness cluster = ClusterHarness.ofThree(seed);
    cluster.put("k", "0");
    for (int round = 1; round <= 3; round++) {
      StoreHarness old = cluster.awaitLeader();
      if (round == 2) {
        old.pause(true);
      } else {
        cluster.network().isolate(old.storeId(), storeIds(cluster));
      }
      cluster.await("a new leader", () -> cluster.leader() != null && leadsElse(cluster, old));
      StoreHarness next =
          cluster.stores().stream()
              .filter(s -> s != old && s.leads(cluster.regionId()))
              .findFirst()
              .orElseThrow();
      String value = String.valueOf(round);
      ClusterHarness.WriteOutcome write = cluster.write(next, "k", value);
      cluster.await("the write", () -> write.done);
      assertThat(write.error).isNull();

      ClusterHarness.ReadOutcome read = cluster.read(old, ReadMode.LEADER, "k");

      assertThat(read.reader).as("a lease that outlived its leadership").isNull();
      old.pause(false);
      cluster.network().heal();
      cluster.await("an answer", () -> read.done);
      cluster.runFor(Duration.ofSeconds(3));
      assertThat(cluster.get("k")).isEqualTo(value);
    }
  }

  @Test
  void writesUnderLossAreAppliedOnceOrUndetermined() {
    ClusterHarness cluster = ClusterHarness.ofThree(6);
    cluster.network().lose(0.2);
    List<ClusterHarness.WriteOutcome> outcomes = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      outcomes.add(cluster.write(cluster.awaitLeader(), "k" + i, "v" + i));
      cluster.step();
    }
    cluster.await("all answers", () -> outcomes.stream().allMatch(o -> o.done));
    cluster.network().heal();
    for (int i = 0; i < 200; i++) {
      if (outcomes.get(i).succeeded()) {
        assertThat(cluster.get("k" + i)).isEqualTo("v" + i);
      }
    }
  }

  private static boolean leadsElse(ClusterHarness cluster, StoreHarness old) {
    return cluster.stores().stream().anyMatch(s -> s != old && s.leads(cluster.regionId()));
  }

  static StoreHarness other(ClusterHarness cluster, StoreHarness than) {
    return cluster.stores().stream().filter(s -> s != than).findFirst().orElseThrow();
  }

  static List<Long> storeIds(ClusterHarness cluster) {
    return cluster.stores().stream().map(StoreHarness::storeId).toList();
  }
}
