package dev.terrane.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.common.Bytes;
import dev.terrane.common.region.Region;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.EngineException;
import dev.terrane.engine.WriteBatch;
import dev.terrane.engine.log.Tombstone;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.eraftpb.ConfChangeType;
import dev.terrane.raft.HardState;
import dev.terrane.store.wire.Records;
import dev.terrane.store.wire.RegionKeys;
import dev.terrane.txn.ReadMode;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** design.md, "What is durable when": each rule with a power cut exactly where it matters. */
class DurabilityTest {
  private static final int KEYS = 400;

  /** The Region as the engine has it, whatever the store has told anybody. */
  private static Region inEngine(StoreHarness store, long regionId) {
    Bytes state =
        Objects.requireNonNull(
            store.engine().get(ColumnFamily.REGION, RegionKeys.regionState(regionId)));
    return ProtoRegions.fromProto(Records.regionState(state).getRegion());
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  void rule1TheLogIsReleasedOnlyBehindABarrier(long seed) {
    ClusterHarness cluster =
        ClusterHarness.ofOne(seed, ClusterHarness.CONFIG.withLog(64 << 10, 256 << 10));
    StoreHarness store = cluster.store(0);
    store.disk().hold("barrier-before-release"::equals);
    for (int i = 0; i < KEYS; i++) {
      cluster.put("k" + i, i + "x".repeat(1000));
    }
    cluster.await("a release", () -> store.disk().isWaiting("barrier-before-release"));
    cluster.runFor(Duration.ofSeconds(2));
    assertThat(store.log().firstIndex(cluster.regionId())).isEqualTo(6);

    if (seed % 2 == 0) {
      store.disk().release();
      cluster.await("cut", () -> store.log().firstIndex(cluster.regionId()) > 6);
    }
    store.losePower();
    store.start();

    for (int i = 0; i < KEYS; i++) {
      assertThat(cluster.get("k" + i)).startsWith(String.valueOf(i));
    }
  }

  @Test
  void rule1AnAdminEntrysEffectsLeaveTheStoreOnlyBehindABarrier() {
    ClusterHarness cluster = ClusterHarness.ofOne(5);
    StoreHarness store = cluster.store(0);
    cluster.put("k", "v");
    cluster.runFor(Duration.ofSeconds(1));
    StoreHarness fresh = cluster.addStore();
    long peerId = cluster.pd().nextId();
    Region before = store.region(cluster.regionId());
    store.disk().hold("barrier-after-admin"::equals);
    store
        .store()
        .onPdInstruction(
            cluster
                .pd()
                .instruction(cluster.regionId())
                .setChangePeer(ClusterHarness.change(ConfChangeType.AddLearnerNode, peerId, fresh))
                .build());
    cluster.await("applied", () -> store.disk().isWaiting("barrier-after-admin"));
    ClusterHarness.WriteOutcome behind = cluster.write(store, "behind", "v");
    cluster.runFor(Duration.ofSeconds(2));

    assertThat(inEngine(store, cluster.regionId()).peer(peerId)).as("applied").isNotNull();
    assertThat(store.region(cluster.regionId())).as("not told").isEqualTo(before);
    assertThat(cluster.pd().known(cluster.regionId())).as("not reported").isEqualTo(before);
    assertThat(fresh.peer(cluster.regionId())).as("nobody called").isNull();
    assertThat(behind.done).as("later entries wait").isFalse();

    store.losePower();
    store.start();
    cluster.await("it is done again", () -> cluster.hasData(fresh, peerId));
    assertThat(cluster.get(fresh, ReadMode.REPLICA, "k")).isEqualTo("v");
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void rule2TheCommitIndexIsDurableBeforeAnAdminEntryIsApplied(long seed) {
    ClusterHarness cluster = ClusterHarness.ofOne(seed);
    StoreHarness store = cluster.store(0);
    cluster.put("k", "v");
    cluster.runFor(Duration.ofSeconds(1));
    StoreHarness fresh = cluster.addStore();
    Region before = inEngine(store, cluster.regionId());
    long lastBefore = store.log().lastIndex(cluster.regionId());
    long peerId = cluster.pd().nextId();
    store
        .store()
        .onPdInstruction(
            cluster
                .pd()
                .instruction(cluster.regionId())
                .setChangePeer(ClusterHarness.change(ConfChangeType.AddLearnerNode, peerId, fresh))
                .build());
    while (inEngine(store, cluster.regionId()).equals(before)) {
      cluster.step();
    }
    HardState durable = store.log().hardState(cluster.regionId());
    assertThat(durable).isNotNull();
    assertThat(Objects.requireNonNull(durable).commit()).isGreaterThan(lastBefore);

    store.losePower();
    store.start();
    cluster.await("it is done again", () -> cluster.hasData(fresh, peerId));
  }

  /** Where the installation of a snapshot stands when the power fails. */
  enum InstallStep {
    BEFORE_THE_BARRIER,
    BEFORE_THE_MARKER,
    BEFORE_CLEARING,
    WHILE_INGESTING,
    BEFORE_THE_LAST_BARRIER,
    BEFORE_THE_MARKER_IS_REMOVED,
    BEFORE_THE_FILES_ARE_DELETED
  }

  @ParameterizedTest(name = "{0}, {1} keys, seed {2}")
  @CsvSource({
    "BEFORE_THE_BARRIER, 400, 1",
    "BEFORE_THE_BARRIER, 20, 2",
    "BEFORE_THE_MARKER, 400, 3",
    "BEFORE_THE_MARKER, 20, 4",
    "BEFORE_CLEARING, 400, 5",
    "BEFORE_CLEARING, 20, 6",
    "WHILE_INGESTING, 400, 7",
    "BEFORE_THE_LAST_BARRIER, 400, 8",
    "BEFORE_THE_LAST_BARRIER, 400, 9",
    "BEFORE_THE_LAST_BARRIER, 20, 10",
    "BEFORE_THE_MARKER_IS_REMOVED, 400, 11",
    "BEFORE_THE_MARKER_IS_REMOVED, 20, 12",
    "BEFORE_THE_FILES_ARE_DELETED, 400, 13"
  })
  void rule3ASnapshotIsInstalledWhollyOrAgain(InstallStep step, int keys, long seed) {
    ClusterHarness cluster = ClusterHarness.ofOne(seed);
    for (int i = 0; i < keys; i++) {
      cluster.put("k" + i, i + "x".repeat(500));
    }
    StoreHarness fresh = cluster.addStore();
    // What an earlier life left there must not shine through.
    fresh
        .engine()
        .write(
            new WriteBatch().put(ColumnFamily.DEFAULT, Bytes.ofUtf8("stale"), Bytes.ofUtf8("old")));
    fresh.engine().barrier();
    long peerId = cluster.pd().nextId();
    stopAt(fresh, step);
    cluster.changePeer(ConfChangeType.AddLearnerNode, peerId, fresh);
    awaitStep(cluster, fresh, peerId, step);

    fresh.losePower();
    assertThat(fresh.isUp()).isFalse();
    fresh.start();

    boolean promised = step.compareTo(InstallStep.BEFORE_CLEARING) >= 0;
    assertThat(cluster.hasData(fresh, peerId))
        .as("a promised snapshot is there at once, an unpromised one is not")
        .isEqualTo(promised);
    cluster.await("data", () -> cluster.hasData(fresh, peerId));
    for (int i = 0; i < keys; i++) {
      assertThat(ClusterHarness.stored(fresh, "k" + i)).startsWith(String.valueOf(i));
    }
    assertThat(ClusterHarness.stored(fresh, "stale")).isNull();
    assertThat(cluster.get(fresh, ReadMode.REPLICA, "k1")).isNotNull();
    cluster.await("no files are left", () -> fresh.files().names().isEmpty());
    assertThat(fresh.log().records(RegionKeys.MARKER_PREFIX)).isEmpty();
  }

  private static void stopAt(StoreHarness store, InstallStep step) {
    switch (step) {
      case BEFORE_THE_BARRIER -> store.disk().hold("barrier-before-snapshot"::equals);
      case BEFORE_CLEARING,
          WHILE_INGESTING,
          BEFORE_THE_LAST_BARRIER,
          BEFORE_THE_MARKER_IS_REMOVED ->
          store.disk().hold("install-snapshot"::equals);
      case BEFORE_THE_FILES_ARE_DELETED -> store.disk().hold("delete-snapshot"::equals);
      case BEFORE_THE_MARKER -> store.disk().hold("barrier-before-snapshot"::equals);
    }
  }

  private static void awaitStep(
      ClusterHarness cluster, StoreHarness store, long peerId, InstallStep step) {
    switch (step) {
      case BEFORE_THE_BARRIER ->
          cluster.await("it", () -> store.disk().isWaiting("barrier-before-snapshot"));
      case BEFORE_THE_MARKER -> {
        cluster.await("it", () -> store.disk().isWaiting("barrier-before-snapshot"));
        store.holdLogWriter(true);
        store.disk().release();
        cluster.runFor(Duration.ofMillis(200));
      }
      case BEFORE_CLEARING -> cluster.await("it", () -> store.disk().isWaiting("install-snapshot"));
      case WHILE_INGESTING -> {
        cluster.await("it", () -> store.disk().isWaiting("install-snapshot"));
        String file = store.files().names().getFirst();
        store.files().flipBit(file, 20);
        store.disk().release();
        assertThatThrownBy(() -> cluster.runFor(Duration.ofSeconds(1)))
            .isInstanceOf(EngineException.class)
            .hasMessageContaining(file);
        store.files().flipBit(file, 20);
      }
      case BEFORE_THE_LAST_BARRIER -> {
        cluster.await("it", () -> store.disk().isWaiting("install-snapshot"));
        store.disk().release();
        store.kvDisk().failNextSync();
        assertThatThrownBy(() -> cluster.runFor(Duration.ofSeconds(1)))
            .isInstanceOf(EngineException.class);
      }
      case BEFORE_THE_MARKER_IS_REMOVED -> {
        cluster.await("it", () -> store.disk().isWaiting("install-snapshot"));
        store.holdLogWriter(true);
        store.disk().release();
        cluster.await("it", () -> cluster.hasData(store, peerId));
        cluster.runFor(Duration.ofMillis(100));
      }
      case BEFORE_THE_FILES_ARE_DELETED ->
          cluster.await("it", () -> store.disk().isWaiting("delete-snapshot"));
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {"barrier-after-admin", "barrier-before-tombstone", "clear-destroyed-peer", ""})
  void rule4ADestroyedPeerStaysDestroyed(String heldWork) {
    ClusterHarness cluster = ClusterHarness.ofThree(11);
    cluster.put("k", "v");
    StoreHarness gone = ReplicationTest.other(cluster, cluster.awaitLeader());
    cluster.await("replicated", () -> ClusterHarness.stored(gone, "k") != null);
    long regionId = cluster.regionId();
    long peerId = cluster.context(gone).peerId();
    gone.disk().hold(heldWork::equals);
    cluster.changePeer(ConfChangeType.RemoveNode, peerId, gone);
    if (heldWork.isEmpty()) {
      cluster.await("gone", () -> ClusterHarness.stored(gone, "k") == null);
    } else {
      cluster.await("the step", () -> gone.disk().isWaiting(heldWork));
    }
    boolean promised = gone.log().tombstone(regionId) != null;
    assertThat(promised).isEqualTo(!heldWork.startsWith("barrier"));

    gone.losePower();
    gone.start();
    cluster.await("gone for good", () -> gone.peer(regionId) == null);
    cluster.await("cleared", () -> ClusterHarness.stored(gone, "k") == null);

    assertThat(gone.log().tombstone(regionId)).extracting(Tombstone::peerId).isEqualTo(peerId);
    assertThat(gone.log().hardState(regionId)).isNull();
    cluster.runFor(Duration.ofSeconds(3));
    assertThat(gone.peer(regionId)).isNull();
  }

  @Test
  void acknowledgesNothingBeforeItIsInTheLog() {
    ClusterHarness cluster = ClusterHarness.ofOne(12);
    StoreHarness store = cluster.store(0);
    cluster.put("k", "v");
    store.holdLogWriter(true);

    ClusterHarness.WriteOutcome write = cluster.write(store, "k", "w");
    cluster.runFor(Duration.ofMillis(500));

    assertThat(write.done).isFalse();
    assertThat(ClusterHarness.stored(store, "k")).as("not applied either").isEqualTo("v");
    store.losePower();
    store.start();
    assertThat(cluster.get("k")).isIn("v", "w");
  }
}
