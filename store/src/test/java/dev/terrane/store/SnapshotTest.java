package dev.terrane.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.terrane.proto.eraftpb.ConfChangeType;
import dev.terrane.proto.terranepb.SnapshotChunk;
import dev.terrane.store.wire.RegionKeys;
import dev.terrane.txn.ReadMode;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Snapshots on their way from store to store. */
class SnapshotTest {
  private static final int SMALL_KEYS = 20;
  private static final int MANY_KEYS = 600;

  private static ClusterHarness withData(long seed, int keys) {
    ClusterHarness cluster = ClusterHarness.ofOne(seed);
    String padding = "x".repeat(400);
    for (int i = 0; i < keys; i++) {
      ClusterHarness.WriteOutcome outcome =
          cluster.write(cluster.awaitLeader(), "k" + i, i + padding);
      if (i % 50 == 49 || i == keys - 1) {
        cluster.await("the write", () -> outcome.done);
        assertThat(outcome.error).isNull();
      }
    }
    return cluster;
  }

  private static void assertSame(StoreHarness a, StoreHarness b, int keys) {
    for (int i = 0; i < keys; i++) {
      assertThat(ClusterHarness.stored(a, "k" + i))
          .as("k" + i)
          .isNotNull()
          .isEqualTo(ClusterHarness.stored(b, "k" + i));
    }
  }

  @ParameterizedTest(name = "seed {0}, {1} keys")
  @CsvSource({"1, 20", "2, 600", "3, 600"})
  void bringsANewPeerToTheLeadersState(long seed, int keys) {
    ClusterHarness cluster = withData(seed, keys);
    StoreHarness fresh = cluster.addStore();

    cluster.addLearner(fresh);

    assertSame(cluster.store(0), fresh, keys);
    assertThat(cluster.network().chunksInFlightMax()).isLessThanOrEqualTo(3);
    cluster.await("files are deleted", () -> fresh.files().names().isEmpty());
    cluster.await(
        "the marker is removed", () -> fresh.log().records(RegionKeys.MARKER_PREFIX).isEmpty());
  }

  @ParameterizedTest
  @ValueSource(ints = {SMALL_KEYS, MANY_KEYS})
  void aSnapshotThatFindsNoRoomGoesInOnceThereIsSome(int keys) {
    ClusterHarness cluster = withData(8, keys);
    StoreHarness fresh = cluster.addStore();
    fresh.kvDisk().setFreeBytes(20);
    long peerId = cluster.pd().nextId();
    cluster.changePeer(ConfChangeType.AddLearnerNode, peerId, fresh);
    cluster.runFor(Duration.ofSeconds(20));
    assertThat(cluster.hasData(fresh, peerId)).isFalse();

    fresh.kvDisk().setFreeBytes(Long.MAX_VALUE);
    cluster.await("the data", () -> cluster.hasData(fresh, peerId));

    assertSame(cluster.store(0), fresh, keys);
    cluster.put("more", "v");
  }

  @Test
  void theLeaderServesWhileASnapshotIsOnItsWay() {
    ClusterHarness cluster = withData(4, MANY_KEYS);
    StoreHarness fresh = cluster.addStore();
    long peerId = cluster.pd().nextId();
    cluster.changePeer(ConfChangeType.AddLearnerNode, peerId, fresh);

    int during = 0;
    while (!cluster.hasData(fresh, peerId)) {
      assertThat(during).as("no snapshot came").isLessThan(5000);
      cluster.put("during" + during, "v");
      assertThat(cluster.get("during" + during)).isEqualTo("v");
      during++;
    }

    assertThat(during).isGreaterThan(3);
    for (int i = 0; i < during; i++) {
      assertThat(cluster.get(fresh, ReadMode.REPLICA, "during" + i)).isEqualTo("v");
    }
  }

  @Test
  void aPeerThatLagsBehindTheLogCatchesUpBySnapshot() {
    ClusterHarness cluster =
        ClusterHarness.ofThree(5, ClusterHarness.CONFIG.withLog(64 << 10, 256 << 10));
    StoreHarness leader = cluster.awaitLeader();
    StoreHarness slow = ReplicationTest.other(cluster, leader);
    slow.kill();
    String padding = "x".repeat(1000);
    for (int i = 0; i < 1500; i++) {
      ClusterHarness.WriteOutcome outcome = cluster.write(leader, "k" + i, i + padding);
      if (i % 100 == 99) {
        cluster.await("the write", () -> outcome.done);
        assertThat(outcome.error).isNull();
      }
    }
    cluster.await("the log is cut", () -> leader.log().firstIndex(cluster.regionId()) > 6);

    slow.start();

    cluster.await("it has caught up", () -> ClusterHarness.stored(slow, "k1499") != null);
    assertThat(slow.log().firstIndex(cluster.regionId())).isGreaterThan(6);
    assertSame(leader, slow, 1500);
  }

  @Test
  void aDamagedChunkIsFoundAndTheSnapshotSentAgain() {
    ClusterHarness cluster = withData(6, MANY_KEYS);
    StoreHarness fresh = cluster.addStore();
    int[] damaged = new int[1];
    cluster
        .network()
        .chunkFault(chunk -> {
          if (chunk.hasData() && chunk.getData().getSequence() == 3 && damaged[0]++ == 0) {
            byte[] bytes = chunk.getData().getPairs().toByteArray();
            bytes[bytes.length / 2] ^= 4;
            return SnapshotChunk.newBuilder()
                .setData(chunk.getData().toBuilder().setPairs(ByteString.copyFrom(bytes)))
                .build();
          }
          return chunk;
        });

    cluster.addLearner(fresh);

    assertThat(damaged[0]).isGreaterThan(1);
    assertSame(cluster.store(0), fresh, MANY_KEYS);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void aReceiverThatLosesPowerAnywhereComesBackWhole(long seed) {
    ClusterHarness cluster = withData(seed, seed % 2 == 0 ? SMALL_KEYS : MANY_KEYS);
    int keys = seed % 2 == 0 ? SMALL_KEYS : MANY_KEYS;
    StoreHarness fresh = cluster.addStore();
    long peerId = cluster.pd().nextId();
    cluster.changePeer(ConfChangeType.AddLearnerNode, peerId, fresh);
    for (int crash = 0; crash < 6; crash++) {
      cluster.runFor(Duration.ofMillis(cluster.random().nextInt(1, 400)));
      if (cluster.hasData(fresh, peerId)) {
        assertSame(cluster.store(0), fresh, keys);
      }
      fresh.losePower();
      fresh.start();
    }
    cluster.await("data", () -> cluster.hasData(fresh, peerId));
    assertSame(cluster.store(0), fresh, keys);
    assertThat(cluster.get(fresh, ReadMode.REPLICA, "k0")).isNotNull();
  }

  @Test
  void aSenderThatDiesLeavesNothingBehind() {
    ClusterHarness cluster =
        ClusterHarness.ofThree(9, ClusterHarness.CONFIG.withSnapshots(0, 1 << 10, 64 << 10));
    String padding = "x".repeat(1000);
    for (int i = 0; i < 60; i++) {
      cluster.put("k" + i, i + padding);
    }
    StoreHarness fresh = cluster.addStore();
    long peerId = cluster.pd().nextId();
    cluster.changePeer(ConfChangeType.AddLearnerNode, peerId, fresh);
    cluster.await("the snapshot is coming", () -> cluster.network().snapshotBytes() > 10_000);
    StoreHarness leader = cluster.awaitLeader();
    leader.kill();

    cluster.await("data from another leader", () -> cluster.hasData(fresh, peerId));

    assertSame(cluster.awaitLeader(), fresh, 60);
    cluster.await("no files are left", () -> fresh.files().names().isEmpty());
  }

  @Test
  void theRateOfSnapshotsIsBounded() {
    ClusterHarness cluster =
        ClusterHarness.ofOne(10, ClusterHarness.CONFIG.withSnapshots(0, 4 << 10, 32 << 10));
    String padding = "x".repeat(1000);
    for (int i = 0; i < 128; i++) {
      cluster.put("k" + i, i + padding);
    }
    StoreHarness fresh = cluster.addStore();
    long startNanos = cluster.time().nanoTime();

    cluster.addLearner(fresh);

    long seconds = Duration.ofNanos(cluster.time().nanoTime() - startNanos).toSeconds();
    assertThat(seconds).as("128 KiB at 32 KiB a second").isBetween(3L, 8L);
  }
}
