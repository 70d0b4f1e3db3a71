package dev.terrane.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionContext;
import dev.terrane.common.region.RegionEpoch;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.WriteBatch;
import dev.terrane.engine.log.LogBatch;
import dev.terrane.proto.eraftpb.ConfChangeType;
import dev.terrane.proto.pdpb.ChangePeer;
import dev.terrane.proto.pdpb.RegionHeartbeatResponse;
import dev.terrane.proto.terranepb.PeerState;
import dev.terrane.raft.HardState;
import dev.terrane.store.wire.AppliedPosition;
import dev.terrane.store.wire.Records;
import dev.terrane.store.wire.RegionKeys;
import dev.terrane.txn.Mutations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * One log budget for all Regions of a store: a thousand small ones, each far from its own bound.
 */
class LogBudgetTest {
  private static final int REGIONS = 1000;
  private static final long FIRST_REGION = 1000;
  private static final long BUDGET_BYTES = 4 << 20;
  private static final long SEGMENT_BYTES = 1 << 20;
  private static final long RETAINED = 2 << 20;

  private static final StoreConfig CONFIG =
      ClusterHarness.CONFIG
          .withLog(RETAINED, 8 * RETAINED)
          .withLogBudget(BUDGET_BYTES, 1 << 20)
          .withSnapshots(0, 1 << 10, 2 << 10);

  private static Region region(int i, long storeId) {
    Bytes start = i == 0 ? Bytes.EMPTY : border(i);
    Bytes end = i == REGIONS - 1 ? Bytes.EMPTY : border(i + 1);
    return new Region(
        FIRST_REGION + i,
        new KeyRange(start, end),
        new RegionEpoch(1, 4),
        List.of(Peer.voter(10_000 + i, storeId)));
  }

  private static Bytes border(int i) {
    return Bytes.ofUtf8(String.format("%04d", i));
  }

  /** One store with all Regions, each of which it leads. */
  private static ClusterHarness cluster(long seed, StoreConfig config) {
    ClusterHarness cluster = ClusterHarness.ofOne(seed, config);
    StoreHarness store = cluster.store(0);
    long before = cluster.regionId();
    store.kill();
    store.layOut((engine, log) -> {
      WriteBatch batch = new WriteBatch();
      LogBatch logBatch = new LogBatch();
      for (int i = 0; i < REGIONS; i++) {
        Region region = region(i, store.storeId());
        batch.put(
            ColumnFamily.REGION,
            RegionKeys.regionState(region.id()),
            Records.regionState(region, PeerState.NORMAL, 10_000 + i));
        batch.put(
            ColumnFamily.REGION,
            RegionKeys.applied(region.id()),
            new AppliedPosition(5, 5).encode());
        logBatch.reset(region.id(), 5, 5).hardState(region.id(), new HardState(5, 0, 5));
      }
      batch.delete(ColumnFamily.REGION, RegionKeys.regionState(before));
      log.write(logBatch);
      engine.write(batch);
      engine.barrier();
    });
    store.start();
    cluster.await(
        "all regions are led",
        () -> store.store().status().regions().stream().filter(r -> r.leads()).count() == REGIONS);
    return cluster;
  }

  private static void put(
      ClusterHarness cluster, int i, int bytes, List<ClusterHarness.WriteOutcome> outcomes) {
    StoreHarness store = cluster.store(0);
    Region region = store.region(FIRST_REGION + i);
    assertThat(region).isNotNull();
    if (region == null) {
      return;
    }
    Bytes key = Bytes.ofUtf8(String.format("%04d-key", i));
    ClusterHarness.WriteOutcome outcome = new ClusterHarness.WriteOutcome();
    store
        .store()
        .write(
            new RegionContext(region.id(), region.epoch(), 10_000 + i, store.storeId(), 0),
            ClusterHarness.only(key),
            Mutations.put(ColumnFamily.DEFAULT, key, Bytes.wrap(new byte[bytes])),
            null,
            outcome);
    outcomes.add(outcome);
  }

  private static void settle(ClusterHarness cluster, List<ClusterHarness.WriteOutcome> outcomes) {
    cluster.await("the writes", () -> outcomes.stream().allMatch(o -> o.done));
    assertThat(outcomes).allMatch(o -> o.succeeded());
    outcomes.clear();
  }

  /** Some kilobytes to every Region but {@code without}, so that the log grows by that. */
  private static void writeToAll(ClusterHarness cluster, int without, int rounds) {
    List<ClusterHarness.WriteOutcome> outcomes = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < REGIONS; i++) {
        if (i != without) {
          put(cluster, i, 1000, outcomes);
        }
        if (i % 250 == 249) {
          settle(cluster, outcomes);
        }
      }
    }
  }

  private static long files(ClusterHarness cluster) {
    return cluster.store(0).log().figures().totalBytes();
  }

  @Test
  void whoeverHoldsTheOldestFileReleasesFirst() {
    ClusterHarness cluster = cluster(1, CONFIG);
    StoreHarness store = cluster.store(0);
    List<ClusterHarness.WriteOutcome> outcomes = new ArrayList<>();
    int quiet = 7;
    for (int i = 0; i < 60; i++) {
      put(cluster, quiet, 1000, outcomes);
      settle(cluster, outcomes);
    }
    assertThat(store.log().heldBytes(FIRST_REGION + quiet)).isBetween(60_000L, RETAINED);

    writeToAll(cluster, quiet, 6);
    cluster.await(
        "the log is within its budget", () -> files(cluster) <= BUDGET_BYTES + SEGMENT_BYTES);

    assertThat(store.log().heldBytes(FIRST_REGION + quiet))
        .as("what held the oldest file, though no Region kept more than it may")
        .isZero();
    assertThat(store.log().figures().bytesRewritten()).isLessThan(BUDGET_BYTES);
    store.losePower();
    store.start();
    cluster.await(
        "everything is there again",
        () -> store.store().status().regions().stream().filter(r -> r.leads()).count() == REGIONS);
    assertThat(store.engine().get(ColumnFamily.DEFAULT, Bytes.ofUtf8("0007-key"))).isNotNull();
  }

  @Test
  void theNumberOfEntriesIsBoundedToo() {
    int entriesMax = 10_000;
    ClusterHarness cluster = cluster(2, CONFIG.withLogBudget(64 * SEGMENT_BYTES, entriesMax));
    List<ClusterHarness.WriteOutcome> outcomes = new ArrayList<>();
    for (int round = 0; round < 14; round++) {
      for (int i = 0; i < REGIONS; i++) {
        put(cluster, i, 100, outcomes);
      }
      settle(cluster, outcomes);
    }
    cluster.await(
        "entries are let go", () -> cluster.store(0).log().figures().entries() <= entriesMax);
  }

  private static void addLearner(ClusterHarness cluster, int i, StoreHarness to) {
    long regionId = FIRST_REGION + i;
    var wish =
        RegionHeartbeatResponse.newBuilder()
            .setChangePeer(
                ChangePeer.newBuilder()
                    .setChangeType(ConfChangeType.AddLearnerNode)
                    .setPeer(FakePd.peer(cluster.pd().nextId(), to.storeId())))
            .build();
    cluster.await("pd knows it", () -> cluster.pd().region(regionId) != null);
    cluster.await(
        "the learner is added",
        () -> {
          cluster
              .store(0)
              .store()
              .onPdInstruction(cluster.pd().instruction(regionId).mergeFrom(wish).build());
          Region region = cluster.store(0).region(regionId);
          return region != null && region.peers().size() == 2;
        });
  }

  private static boolean isReadable(StoreHarness store, int i) {
    StoreStatus.RegionStatus status = store.peer(FIRST_REGION + i);
    return status != null && status.data().equals("readable");
  }

  /** One Region's snapshot is under way, which takes long; its log holds the oldest file. */
  private static StoreHarness sendingSlowly(ClusterHarness cluster, int i) {
    List<ClusterHarness.WriteOutcome> outcomes = new ArrayList<>();
    StoreHarness store = cluster.store(0);
    for (int k = 0; k < 40; k++) {
      Bytes key = Bytes.ofUtf8(String.format("%04d-%03d", i, k));
      store
          .engine()
          .write(new WriteBatch().put(ColumnFamily.DEFAULT, key, Bytes.wrap(new byte[1000])));
    }
    StoreHarness fresh = cluster.addStore();
    addLearner(cluster, i, fresh);
    cluster.await("the snapshot is on its way", () -> cluster.network().snapshotBytes() > 4000);
    for (int k = 0; k < 60; k++) {
      put(cluster, i, 1000, outcomes);
    }
    settle(cluster, outcomes);
    return fresh;
  }

  @Test
  void neverPastASnapshotThatIsBeingSent() {
    ClusterHarness cluster = cluster(3, CONFIG);
    StoreHarness store = cluster.store(0);
    int sent = 11;
    StoreHarness fresh = sendingSlowly(cluster, sent);

    writeToAll(cluster, sent, 6);
    cluster.runFor(Duration.ofSeconds(3));

    assertThat(isReadable(fresh, sent)).as("it is still on its way").isFalse();
    assertThat(store.log().heldBytes(FIRST_REGION + sent))
        .as("what follows the snapshot")
        .isGreaterThan(60_000);
    assertThat(files(cluster))
        .as("what is not held by it went, behind what was moved")
        .isLessThanOrEqualTo(BUDGET_BYTES + 2 * SEGMENT_BYTES);
    cluster.await("the snapshot is there", () -> isReadable(fresh, sent));
    assertThat(cluster.network().snapshotBytes()).as("sent once").isLessThan(70_000);
    writeToAll(cluster, sent, 6);
    cluster.await("what was held is let go", () -> store.log().heldBytes(FIRST_REGION + sent) == 0);
  }

  @Test
  void aSnapshotIsGivenUpForTheRoomThatItsLogTakes() {
    ClusterHarness cluster = cluster(4, CONFIG.withSnapshots(0, 1 << 10, 4 << 10));
    StoreHarness store = cluster.store(0);
    int sent = 11;
    StoreHarness fresh = sendingSlowly(cluster, sent);
    List<ClusterHarness.WriteOutcome> outcomes = new ArrayList<>();
    for (int k = 0; k < 60; k++) {
      put(cluster, sent, 100_000, outcomes);
    }
    settle(cluster, outcomes);
    cluster.runFor(Duration.ofSeconds(2));
    assertThat(store.log().heldBytes(FIRST_REGION + sent)).isGreaterThan(BUDGET_BYTES);

    store.kvDisk().setFreeBytes(1000);
    cluster.await(
        "the log is let go", () -> store.log().heldBytes(FIRST_REGION + sent) < BUDGET_BYTES);

    store.kvDisk().setFreeBytes(Long.MAX_VALUE);
    cluster.await("another snapshot is there", () -> isReadable(fresh, sent));
  }

  @Test
  void aLogWithoutRoomLetsGoOfWhatItMightKeepAndGoesOn() {
    ClusterHarness cluster = cluster(5, CONFIG);
    StoreHarness store = cluster.store(0);
    writeToAll(cluster, -1, 3);
    assertThat(files(cluster)).as("within its budget").isLessThan(BUDGET_BYTES + SEGMENT_BYTES);
    store.logDisk().setCapacityBytes(store.logDisk().usedBytes());

    int succeeded = 0;
    for (int round = 0; round < 100; round++) {
      List<ClusterHarness.WriteOutcome> outcomes = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        put(cluster, (round * 100 + i) % REGIONS, 1000, outcomes);
      }
      cluster.await("the writes", () -> outcomes.stream().allMatch(o -> o.done));
      succeeded += (int) outcomes.stream().filter(o -> o.succeeded()).count();
      cluster.runFor(Duration.ofSeconds(1));
    }

    assertThat(succeeded).as("of 10,000 writes of 1,000 bytes").isGreaterThan(9_000);
    assertThat(store.logDisk().usedBytes()).isLessThanOrEqualTo(files(cluster) + SEGMENT_BYTES);
  }
}
