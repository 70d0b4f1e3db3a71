package dev.terrane.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionContext;
import dev.terrane.common.region.RegionEpoch;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.KvEngine;
import dev.terrane.engine.WriteBatch;
import dev.terrane.engine.log.LogBatch;
import dev.terrane.engine.log.RaftLogEngine;
import dev.terrane.proto.terranepb.PeerState;
import dev.terrane.raft.HardState;
import dev.terrane.store.wire.AppliedPosition;
import dev.terrane.store.wire.Records;
import dev.terrane.store.wire.RegionKeys;
import dev.terrane.txn.Mutations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stores that hold many Regions, laid out by hand as later splits would leave them. */
class ManyRegionsTest {
  private static final int REGIONS = 24;
  private static final int IDLE_REGIONS = 10_000;
  private static final long FIRST_REGION = 1000;

  private static Region region(int i, int count, List<Long> storeIds) {
    List<Peer> peers = new ArrayList<>();
    for (int s = 0; s < storeIds.size(); s++) {
      peers.add(Peer.voter(10_000 + i * 10L + s, storeIds.get(s)));
    }
    return new Region(
        FIRST_REGION + i,
        new KeyRange(
            i == 0 ? Bytes.EMPTY : border(i), i == count - 1 ? Bytes.EMPTY : border(i + 1)),
        new RegionEpoch(1, 4),
        peers);
  }

  private static Bytes border(int i) {
    return Bytes.ofUtf8(String.format("%05d", i));
  }

  /** Takes the first Region away and puts many in its place. */
  private static void layOut(
      StoreHarness store, int count, List<Long> storeIds, long firstRegionId) {
    store.layOut((engine, log) -> {
      write(engine, log, count, storeIds, store.storeId());
      engine.write(
          new WriteBatch().delete(ColumnFamily.REGION, RegionKeys.regionState(firstRegionId)));
    });
  }

  private static void write(
      KvEngine engine, RaftLogEngine log, int count, List<Long> storeIds, long storeId) {
    WriteBatch batch = new WriteBatch();
    LogBatch logBatch = new LogBatch();
    AppliedPosition position = new AppliedPosition(5, 5);
    for (int i = 0; i < count; i++) {
      Region region = region(i, count, storeIds);
      Peer here = region.peerOnStore(storeId);
      assertThat(here).isNotNull();
      batch.put(
          ColumnFamily.REGION,
          RegionKeys.regionState(region.id()),
          Records.regionState(region, PeerState.NORMAL, here == null ? 0 : here.id()));
      batch.put(ColumnFamily.REGION, RegionKeys.applied(region.id()), position.encode());
      logBatch.reset(region.id(), 5, 5).hardState(region.id(), new HardState(5, 0, 5));
    }
    log.write(logBatch);
    engine.write(batch);
    engine.barrier();
  }

  private static ClusterHarness cluster(long seed) {
    ClusterHarness cluster = ClusterHarness.ofOne(seed);
    cluster.addStore();
    cluster.addStore();
    List<Long> storeIds = cluster.stores().stream().map(StoreHarness::storeId).toList();
    for (StoreHarness store : cluster.stores()) {
      store.kill();
    }
    for (StoreHarness store : cluster.stores()) {
      layOut(store, REGIONS, storeIds, cluster.regionId());
      store.start();
    }
    cluster.await("all regions have leaders", () -> leaders(cluster) == REGIONS);
    return cluster;
  }

  private static long leaders(ClusterHarness cluster) {
    Set<Long> led = new TreeSet<>();
    for (StoreHarness store : cluster.stores()) {
      for (StoreStatus.RegionStatus region : store.store().status().regions()) {
        if (region.leads()) {
          led.add(region.regionId());
        }
      }
    }
    return led.size();
  }

  private static List<ClusterHarness.WriteOutcome> writeToEach(
      ClusterHarness cluster, String value) {
    List<ClusterHarness.WriteOutcome> outcomes = new ArrayList<>();
    for (int i = 0; i < REGIONS; i++) {
      long regionId = FIRST_REGION + i;
      for (StoreHarness store : cluster.stores()) {
        Region region = store.region(regionId);
        Peer peer = region == null ? null : region.peerOnStore(store.storeId());
        if (region != null && peer != null && store.leads(regionId)) {
          Bytes key = Bytes.ofUtf8(String.format("%05d-key", i));
          ClusterHarness.WriteOutcome outcome = new ClusterHarness.WriteOutcome();
          store
              .store()
              .write(
                  new RegionContext(regionId, region.epoch(), peer.id(), store.storeId(), 0),
                  ClusterHarness.only(key),
                  Mutations.put(ColumnFamily.DEFAULT, key, Bytes.ofUtf8(value)),
                  null,
                  outcome);
          outcomes.add(outcome);
        }
      }
    }
    return outcomes;
  }

  /**
   * Some Region's tick is far too late in every cycle. If that put off the elections of all, time
   * after time, the Regions of a lost store would wait for ever.
   */
  @ParameterizedTest(name = "cycles of {0} ms")
  @ValueSource(ints = {800, 1500})
  void storesThatAreLateInEachCycleStillElect(int cycleMillis) {
    ClusterHarness cluster = cluster(cycleMillis);
    cluster.runFor(Duration.ofSeconds(3));
    StoreHarness lost =
        cluster.stores().stream().max(Comparator.comparingLong(ManyRegionsTest::led)).orElseThrow();
    List<StoreHarness> others = cluster.stores().stream().filter(store -> store != lost).toList();
    assertThat(led(lost)).isPositive();
    lost.kill();

    for (int cycle = 0; cycle < 40 && led(others) < REGIONS; cycle++) {
      others.forEach(store -> store.pause(true));
      cluster.runFor(Duration.ofMillis(cycleMillis));
      others.forEach(store -> store.pause(false));
      cluster.runFor(Duration.ofMillis(20));
    }

    assertThat(led(others)).as("Regions with a leader").isEqualTo(REGIONS);
  }

  private static long led(List<StoreHarness> stores) {
    return stores.stream().mapToLong(ManyRegionsTest::led).sum();
  }

  private static long led(StoreHarness store) {
    return store.store().status().regions().stream()
        .filter(StoreStatus.RegionStatus::leads)
        .count();
  }

  @Test
  void oneSyncAndOneMessageServeAllRegions() {
    ClusterHarness cluster = cluster(1);
    cluster.runFor(Duration.ofSeconds(3));
    long syncsBefore = syncs(cluster);
    long batchesBefore = cluster.network().batches();
    List<ClusterHarness.WriteOutcome> outcomes = writeToEach(cluster, "v");
    assertThat(outcomes).hasSize(REGIONS);

    cluster.await("all writes", () -> outcomes.stream().allMatch(o -> o.succeeded()));

    assertThat(syncs(cluster) - syncsBefore).as("syncs of three nodes").isLessThan(REGIONS);
    assertThat(cluster.network().batches() - batchesBefore)
        .as("messages for %d appends to two followers each, and their answers", REGIONS)
        .isLessThan(2L * REGIONS);
  }

  @Test
  void theHeartbeatsOfAllRegionsAreOneMessage() {
    ClusterHarness cluster = cluster(3);
    cluster.runFor(Duration.ofSeconds(3));
    long batchesBefore = cluster.network().batches();
    int rounds = 50;
    int ticks = rounds * cluster.config().raft().heartbeatTicks();

    cluster.runFor(cluster.config().tick().multipliedBy(ticks));

    int links = 3 * 2;
    assertThat(cluster.network().batches() - batchesBefore)
        .as("each way a round of heartbeats and a round of answers, and a few digests")
        .isLessThanOrEqualTo(2L * links * (rounds + 1));
  }

  private static ClusterHarness idleRegions() {
    ClusterHarness cluster = ClusterHarness.ofOne(5);
    StoreHarness store = cluster.store(0);
    long first = cluster.regionId();
    store.kill();
    layOut(store, IDLE_REGIONS, List.of(store.storeId()), first);
    store.start();
    pollFor(cluster, Duration.ofSeconds(5));
    assertThat(led(store)).isEqualTo(IDLE_REGIONS);
    return cluster;
  }

  /** Polls whenever somebody wants to be. */
  private static void pollFor(ClusterHarness cluster, Duration duration) {
    cluster.wakeUpsOf(cluster.store(0), duration);
  }

  /** Each is reported once a minute, and its digest sent in three: nothing else is due. */
  @Test
  void theHousekeepingLooksOnlyAtRegionsForWhichSomethingIsDue() {
    ClusterHarness cluster = idleRegions();
    Store store = cluster.store(0).store();
    long before = store.looks();

    pollFor(cluster, Duration.ofSeconds(30));
    assertThat(store.looks() - before).as("looks in 30 s").isLessThan(100);

    pollFor(cluster, Duration.ofSeconds(330));
    assertThat(store.looks() - before)
        .as("looks in 6 minutes: 6 reports, and 2 digests of each")
        .isBetween(7L * IDLE_REGIONS, 15L * IDLE_REGIONS);
  }

  @Test
  void requestsThatWaitTooLongAreLetGoAmongManyIdleRegions() {
    ClusterHarness cluster = idleRegions();
    StoreHarness store = cluster.store(0);
    store.holdLogWriter(true);
    long before = store.store().looks();
    ClusterHarness.WriteOutcome outcome = new ClusterHarness.WriteOutcome();
    long regionId = FIRST_REGION + 77;
    Region region = store.region(regionId);
    assertThat(region).isNotNull();
    Bytes key = border(77);
    store
        .store()
        .write(
            new RegionContext(
                regionId, new RegionEpoch(1, 4), 10_000 + 77 * 10L, store.storeId(), 0),
            ClusterHarness.only(key),
            Mutations.put(ColumnFamily.DEFAULT, key, Bytes.ofUtf8("v")),
            null,
            outcome);
    cluster.runFor(Duration.ofSeconds(12));
    assertThat(outcome.done).as("its leader still leads: it may yet be done").isFalse();
    assertThat(store.store().looks() - before).isBetween(1L, 100L);
    store.holdLogWriter(false);
    cluster.await("the write", outcome::succeeded);
  }

  private static long syncs(ClusterHarness cluster) {
    return cluster.stores().stream().mapToLong(s -> s.log().figures().syncs()).sum();
  }

  @Test
  void everyRegionComesBackAfterAPowerCutOfAllStores() {
    ClusterHarness cluster = cluster(2);
    List<ClusterHarness.WriteOutcome> outcomes = writeToEach(cluster, "kept");
    cluster.await("all writes", () -> outcomes.stream().allMatch(o -> o.done));
    for (StoreHarness store : cluster.stores()) {
      store.losePower();
    }
    for (StoreHarness store : cluster.stores()) {
      store.start();
    }
    cluster.await("all regions have leaders", () -> leaders(cluster) == REGIONS);

    for (StoreHarness store : cluster.stores()) {
      for (int i = 0; i < REGIONS; i++) {
        String key = String.format("%05d-key", i);
        if (outcomes.get(i).succeeded()) {
          cluster.await("replayed", () -> "kept".equals(ClusterHarness.stored(store, key)));
        }
      }
    }
  }
}
