package dev.terrane.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.proto.eraftpb.ConfChangeType;
import dev.terrane.txn.ReadMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long a Region's log is kept, for whom, and when it goes. */
class LogReleaseTest {
  private static final String PADDING = "x".repeat(1000);
  private static final int RETAINED = 16 << 10;
  private static final int BOUND = 64 << 10;
  private static final StoreConfig SHORT_LOG = ClusterHarness.CONFIG.withLog(RETAINED, BOUND);

  /** Writes of a kilobyte each, one after the other, as long as time goes on. */
  private static final class SteadyWriter {
    private final ClusterHarness cluster;
    private ClusterHarness.WriteOutcome outcome = new ClusterHarness.WriteOutcome();
    private int written;

    SteadyWriter(ClusterHarness cluster) {
      this.cluster = cluster;
      outcome.done = true;
    }

    void step() {
      StoreHarness leader = cluster.leader();
      if (outcome.done && leader != null) {
        outcome = cluster.write(leader, "steady" + written % 20, written + PADDING);
        written++;
      }
      cluster.step();
    }

    void runFor(Duration duration) {
      long end = cluster.time().nanoTime() + duration.toNanos();
      while (cluster.time().nanoTime() < end) {
        step();
      }
    }
  }

  private static int[] countHeads(ClusterHarness cluster) {
    int[] heads = new int[1];
    cluster
        .network()
        .chunkFault(chunk -> {
          heads[0] += chunk.hasHead() ? 1 : 0;
          return chunk;
        });
    return heads;
  }

  private static long appliedBehind(ClusterHarness cluster, StoreHarness store) {
    StoreStatus.RegionStatus there = store.peer(cluster.regionId());
    StoreStatus.RegionStatus here = cluster.awaitLeader().peer(cluster.regionId());
    return there == null || here == null || !there.data().equals("readable")
        ? Long.MAX_VALUE
        : here.applied() - there.applied();
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void aNewcomerCatchesUpUnderSteadyWritesHoweverLongItsSnapshotTakes(long seed) {
    ClusterHarness cluster =
        ClusterHarness.ofOne(seed, SHORT_LOG.withSnapshots(0, 1 << 10, 8 << 10));
    SteadyWriter writer = new SteadyWriter(cluster);
    writer.runFor(Duration.ofSeconds(1));
    int[] heads = countHeads(cluster);
    StoreHarness fresh = cluster.addStore();
    long peerId = cluster.pd().nextId();
    cluster.changePeer(ConfChangeType.AddLearnerNode, peerId, fresh);

    long end = cluster.time().nanoTime() + Duration.ofSeconds(15).toNanos();
    int before = writer.written;
    while (appliedBehind(cluster, fresh) > 20) {
      assertThat(cluster.time().nanoTime()).as("it never catches up").isLessThan(end);
      writer.step();
    }

    assertThat((writer.written - before) * 1000L)
        .as("bytes written meanwhile")
        .isGreaterThan(12 * BOUND);
    assertThat(heads[0]).as("snapshots sent").isEqualTo(1);
    writer.runFor(Duration.ofSeconds(2));
    assertThat(cluster.store(0).log().heldBytes(cluster.regionId()))
        .as("what was kept for it is let go")
        .isLessThan(6 * BOUND);
    assertThat(appliedBehind(cluster, fresh)).isLessThan(20);
  }

  @Test
  void theLogIsLetGoWhenTheReceiverOfASnapshotIsLost() {
    ClusterHarness cluster = ClusterHarness.ofOne(4, SHORT_LOG.withSnapshots(0, 1 << 10, 4 << 10));
    SteadyWriter writer = new SteadyWriter(cluster);
    writer.runFor(Duration.ofSeconds(1));
    StoreHarness fresh = cluster.addStore();
    long peerId = cluster.pd().nextId();
    cluster.changePeer(ConfChangeType.AddLearnerNode, peerId, fresh);
    while (cluster.network().snapshotBytes() < 4000) {
      writer.step();
    }
    fresh.kill();

    writer.runFor(Duration.ofSeconds(2));

    assertThat(cluster.store(0).log().heldBytes(cluster.regionId())).isLessThan(6 * BOUND);
    fresh.start();
    cluster.await("data", () -> cluster.hasData(fresh, peerId));
  }

  @Test
  void aSilentPeerFindsWhatItNeedsUpToTheBound() {
    ClusterHarness cluster = ClusterHarness.ofThree(5, SHORT_LOG);
    int[] heads = countHeads(cluster);
    StoreHarness leader = cluster.awaitLeader();
    StoreHarness away = ReplicationTest.other(cluster, leader);
    away.kill();
    for (int i = 0; i < BOUND * 3 / 4 / 1000; i++) {
      cluster.put("k" + i, i + PADDING);
    }
    cluster.runFor(Duration.ofSeconds(10));
    assertThat(cluster.awaitLeader().log().heldBytes(cluster.regionId()))
        .isGreaterThan(2 * RETAINED);

    away.start();
    cluster.await("it has caught up", () -> appliedBehind(cluster, away) == 0);

    assertThat(heads[0]).as("snapshots sent").isZero();
    cluster.put("more", PADDING);
    cluster.await(
        "what was kept for it is let go",
        () -> cluster.awaitLeader().log().heldBytes(cluster.regionId()) < RETAINED * 5 / 4);
  }

  @Test
  void beyondTheBoundNobodyIsWaitedFor() {
    ClusterHarness cluster = ClusterHarness.ofThree(6, SHORT_LOG);
    StoreHarness away = ReplicationTest.other(cluster, cluster.awaitLeader());
    away.kill();
    for (int i = 0; i < 3 * BOUND / 1000; i++) {
      cluster.put("k" + i, i + PADDING);
    }
    cluster.await(
        "the log is cut", () -> cluster.awaitLeader().log().heldBytes(cluster.regionId()) <= BOUND);
    away.start();
    cluster.await("it has caught up", () -> appliedBehind(cluster, away) == 0);
  }

  @Test
  void aLogThatWasLongBeforeTheStartIsCutAfterIt() {
    ClusterHarness cluster = ClusterHarness.ofOne(7, SHORT_LOG);
    StoreHarness store = cluster.store(0);
    store.disk().hold(name -> name.equals("barrier-before-release"));
    List<ClusterHarness.WriteOutcome> outcomes = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      outcomes.add(cluster.write(store, "k" + i, i + PADDING));
      cluster.step();
    }
    cluster.await("the writes", () -> outcomes.stream().allMatch(o -> o.succeeded()));
    assertThat(store.log().heldBytes(cluster.regionId())).isGreaterThan(BOUND);

    store.kill();
    store.start();

    cluster.await(
        "the log is cut", () -> store.log().heldBytes(cluster.regionId()) < RETAINED * 5 / 4);
    assertThat(cluster.get(cluster.awaitLeader(), ReadMode.LEADER, "k99")).startsWith("99");
  }
}
