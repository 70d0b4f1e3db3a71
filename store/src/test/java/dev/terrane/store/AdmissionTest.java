package dev.terrane.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.common.region.RegionContext;
import dev.terrane.common.region.RegionError;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.StallState;
import dev.terrane.txn.DecisionStamp;
import dev.terrane.txn.Mutations;
import dev.terrane.txn.ReadMode;
import dev.terrane.txn.RegionReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a store takes in and what it refuses before anything is proposed. */
class AdmissionTest {
  @Test
  void refusesWhatExceedsItsCreditsAndTakesItAgainLater() {
    ClusterHarness cluster =
        ClusterHarness.ofOne(1, ClusterHarness.CONFIG.withRequests(10, 1 << 20));
    StoreHarness store = cluster.store(0);
    cluster.put("k", "v");
    store.holdLogWriter(true);
    List<ClusterHarness.WriteOutcome> outcomes = new ArrayList<>();
    for (int i = 0; i < 15; i++) {
      outcomes.add(cluster.write(store, "k" + i, "v"));
    }

    assertThat(outcomes.subList(0, 10)).noneMatch(o -> o.done);
    assertThat(outcomes.subList(10, 15))
        .allSatisfy(o -> {
          assertThat(o.error).isInstanceOf(RegionError.ServerIsBusy.class);
          assertThat(((RegionError.ServerIsBusy) Objects.requireNonNull(o.error)).backoff())
              .isPositive();
        });
    store.holdLogWriter(false);
    cluster.await("the rest", () -> outcomes.subList(0, 10).stream().allMatch(o -> o.done));
    assertThat(cluster.write(store, "again", "v").done).as("admitted").isFalse();
    cluster.await("credits", () -> store.store().status().admittedRequests() == 0);
    assertThat(store.store().status().admittedBytes()).isZero();
  }

  @Test
  void refusesAWriteThatIsTooLarge() {
    ClusterHarness cluster = ClusterHarness.ofOne(2);
    StoreHarness store = cluster.store(0);
    int bytes = ClusterHarness.CONFIG.requests().entryBytesMax();
    ClusterHarness.WriteOutcome outcome = new ClusterHarness.WriteOutcome();
    Bytes key = Bytes.ofUtf8("k");

    store
        .store()
        .write(
            cluster.context(store),
            ClusterHarness.only(key),
            Mutations.put(ColumnFamily.DEFAULT, key, Bytes.wrap(new byte[bytes])),
            null,
            outcome);

    assertThat(outcome.error).isInstanceOf(RegionError.RaftEntryTooLarge.class);
  }

  @Test
  void refusesRequestsForAnotherStoreOrRegionOrKey() {
    ClusterHarness cluster = ClusterHarness.ofOne(3);
    StoreHarness store = cluster.store(0);
    RegionContext right = cluster.context(store);

    assertThat(
            cluster.write(
                    store,
                    new RegionContext(
                        right.regionId(), right.epoch(), right.peerId(), right.storeId() + 1, 0),
                    "k",
                    "v",
                    null)
                .error)
        .isEqualTo(new RegionError.StoreNotMatch(right.storeId() + 1, right.storeId()));
    assertThat(
            cluster.write(
                    store,
                    new RegionContext(999, right.epoch(), right.peerId(), right.storeId(), 0),
                    "k",
                    "v",
                    null)
                .error)
        .isEqualTo(new RegionError.RegionNotFound(999));
  }

  @Test
  void refusesWritesWhileTheEngineCannotKeepUpAndStillReads() {
    ClusterHarness cluster = ClusterHarness.ofOne(4);
    StoreHarness store = cluster.store(0);
    cluster.put("k", "v");
    store.kvDisk().setStall(StallState.STOPPED);
    cluster.runFor(Duration.ofSeconds(1));
    assertThat(cluster.write(store, "k", "w").error).isInstanceOf(RegionError.ServerIsBusy.class);
    assertThat(cluster.get("k")).isEqualTo("v");

    store.kvDisk().setStall(StallState.NONE);
    store.kvDisk().setFreeBytes(1000);
    cluster.runFor(Duration.ofSeconds(1));
    assertThat(cluster.write(store, "k", "w").error).isInstanceOf(RegionError.DiskFull.class);
    assertThat(cluster.get("k")).isEqualTo("v");

    store.kvDisk().setFreeBytes(Long.MAX_VALUE);
    cluster.runFor(Duration.ofSeconds(1));
    cluster.put("k", "w");
    assertThat(cluster.get("k")).isEqualTo("w");
  }

  @Test
  void aNearlyFullDiskStillLetsDeletesIn() {
    ClusterHarness cluster = ClusterHarness.ofOne(6);
    StoreHarness store = cluster.store(0);
    cluster.put("k", "v");
    store.kvDisk().setFreeBytes(1000);
    cluster.runFor(Duration.ofSeconds(1));
    Bytes key = Bytes.ofUtf8("k");
    ClusterHarness.WriteOutcome outcome = new ClusterHarness.WriteOutcome();

    store
        .store()
        .write(
            cluster.context(store),
            ClusterHarness.only(key),
            Mutations.delete(ColumnFamily.DEFAULT, key),
            null,
            outcome);
    cluster.await("the delete", () -> outcome.done);

    assertThat(outcome.error).isNull();
    assertThat(cluster.get("k")).isNull();
    assertThat(cluster.write(store, "k", "w").error).isInstanceOf(RegionError.DiskFull.class);
  }

  @Test
  void aDecisionIsProposedOnlyInTheTermThatItWasMadeIn() {
    ClusterHarness cluster = ClusterHarness.ofThree(5);
    cluster.put("k", "v");
    StoreHarness leader = cluster.awaitLeader();
    ClusterHarness.ReadOutcome read = cluster.read(leader, ReadMode.LEADER, "k");
    cluster.await("a reader", () -> read.done);
    RegionReader reader = Objects.requireNonNull(read.reader);
    DecisionStamp stamp = reader.stamp();
    reader.close();

    ClusterHarness.WriteOutcome now =
        cluster.write(leader, cluster.context(leader), "k", "decided", stamp);
    cluster.await("the decision", () -> now.done);
    assertThat(now.error).isNull();

    StoreHarness other = ReplicationTest.other(cluster, leader);
    cluster.transferLeader(other);
    cluster.put("k", "between");
    cluster.transferLeader(leader);
    ClusterHarness.WriteOutcome late =
        cluster.write(leader, cluster.context(leader), "k", "too late", stamp);
    cluster.await("the answer", () -> late.done);
    assertThat(late.error).isEqualTo(new RegionError.StaleCommand());
    assertThat(cluster.get("k")).isEqualTo("between");
  }

  @Test
  void stopsWithEveryRequestAnswered() {
    ClusterHarness cluster = ClusterHarness.ofOne(6);
    StoreHarness store = cluster.store(0);
    cluster.put("k", "v");
    store.holdLogWriter(true);
    ClusterHarness.WriteOutcome proposed = cluster.write(store, "k", "w");
    cluster.runFor(Duration.ofMillis(10));
    ClusterHarness.WriteOutcome waiting = cluster.write(store, "k", "x");

    store.store().close();

    assertThat(proposed.error).isInstanceOf(RegionError.UndeterminedResult.class);
    assertThat(waiting.done).isTrue();
    assertThat(store.store().status().admittedRequests()).isZero();
  }
}
