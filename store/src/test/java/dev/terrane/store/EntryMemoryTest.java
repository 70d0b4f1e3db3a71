package dev.terrane.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionContext;
import dev.terrane.common.region.RegionEpoch;
import dev.terrane.common.region.RegionError;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.StallState;
import dev.terrane.engine.WriteBatch;
import dev.terrane.engine.log.LogBatch;
import dev.terrane.proto.terranepb.PeerState;
import dev.terrane.raft.Entry;
import dev.terrane.raft.EntryKind;
import dev.terrane.raft.HardState;
import dev.terrane.store.wire.AppliedPosition;
import dev.terrane.store.wire.EntryFormat;
import dev.terrane.store.wire.Records;
import dev.terrane.store.wire.RegionKeys;
import dev.terrane.txn.Mutations;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A thousand Regions, each far from a bound of its own, of which all have something to apply. */
class EntryMemoryTest {
  private static final int REGIONS = 1000;
  private static final int ENTRIES_EACH = 4;
  private static final int VALUE_BYTES = 8_000;
  private static final long FIRST_REGION = 1000;

  /** Less than a thirtieth of what there is to apply. */
  private static final long BYTES_MAX = 1 << 20;

  private static final StoreConfig CONFIG =
      ClusterHarness.CONFIG.withRequests(ClusterHarness.CONFIG.requests().countMax(), BYTES_MAX);

  private static Bytes border(int i) {
    return Bytes.ofUtf8(String.format("%04d", i));
  }

  private static Bytes key(int i, int entry) {
    return Bytes.ofUtf8(String.format("%04d-%d", i, entry));
  }

  private static Region region(int i, long storeId) {
    Bytes start = i == 0 ? Bytes.EMPTY : border(i);
    Bytes end = i == REGIONS - 1 ? Bytes.EMPTY : border(i + 1);
    return new Region(
        FIRST_REGION + i,
        new KeyRange(start, end),
        new RegionEpoch(1, 4),
        List.of(Peer.voter(10_000 + i, storeId)));
  }

  private static Entry entry(int i, int number) {
    Bytes change =
        Mutations.put(ColumnFamily.DEFAULT, key(i, number), Bytes.wrap(new byte[VALUE_BYTES]))
            .encoded();
    return new Entry(
        5 + number,
        5,
        EntryKind.NORMAL,
        new EntryFormat.Builder(change.length() + EntryFormat.PROPOSAL_OVERHEAD_BYTES)
            .add(number, 4, change)
            .build());
  }

  /** One store, down, with all Regions, each of which has entries that are not applied. */
  private static ClusterHarness behind(long seed) {
    ClusterHarness cluster = ClusterHarness.ofOne(seed, CONFIG);
    StoreHarness store = cluster.store(0);
    long before = cluster.regionId();
    store.kill();
    store.layOut((engine, log) -> {
      WriteBatch batch = new WriteBatch();
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
        LogBatch logBatch = new LogBatch().reset(region.id(), 5, 5);
        for (int number = 1; number <= ENTRIES_EACH; number++) {
          logBatch.append(region.id(), List.of(entry(i, number)));
        }
        log.write(logBatch.hardState(region.id(), new HardState(5, 0, 5 + ENTRIES_EACH)));
      }
      batch.delete(ColumnFamily.REGION, RegionKeys.regionState(before));
      engine.write(batch);
      engine.barrier();
    });
    return cluster;
  }

  private static ClusterHarness.WriteOutcome put(StoreHarness store, int i) {
    Region region = region(i, store.storeId());
    ClusterHarness.WriteOutcome outcome = new ClusterHarness.WriteOutcome();
    store
        .store()
        .write(
            new RegionContext(region.id(), region.epoch(), 10_000 + i, store.storeId(), 0),
            ClusterHarness.only(key(i, 9)),
            Mutations.put(ColumnFamily.DEFAULT, key(i, 9), Bytes.ofUtf8("new")),
            null,
            outcome);
    return outcome;
  }

  @Test
  void whatWaitsForASlowEngineIsBoundedForAllTogether() {
    ClusterHarness cluster = behind(1);
    StoreHarness store = cluster.store(0);
    store.kvDisk().setStall(StallState.STOPPED);
    store.start();
    EntryMemory memory = store.store().entryMemory();
    long most = 0;
    long mostRead = 0;
    for (int i = 0; i < 400; i++) {
      cluster.runFor(Duration.ofMillis(25));
      most = Math.max(most, memory.applyingBytes());
      mostRead = Math.max(mostRead, memory.readingBytes());
    }
    assertThat(mostRead)
        .as("one more read, whatever it brings")
        .isLessThanOrEqualTo(BYTES_MAX + CONFIG.raft().committedBytesMax());
    assertThat(most).isBetween(BYTES_MAX, BYTES_MAX + 2L * ENTRIES_EACH * VALUE_BYTES);
    assertThat(memory.keptBytes()).isLessThanOrEqualTo(BYTES_MAX);
    RegionError refusal = memory.refusal();
    assertThat(refusal)
        .isInstanceOf(RegionError.ServerIsBusy.class)
        .asString()
        .contains("wait for being applied");

    store.kvDisk().setStall(StallState.NONE);
    cluster.await(
        "all is applied",
        () ->
            IntStream.range(0, REGIONS)
                    .allMatch(
                        i -> store.engine().get(ColumnFamily.DEFAULT, key(i, ENTRIES_EACH)) != null)
                && memory.applyingEntries() == 0);
    for (int i = 0; i < REGIONS; i++) {
      assertThat(store.engine().get(ColumnFamily.DEFAULT, key(i, ENTRIES_EACH)))
          .as("of region %d", i)
          .isNotNull();
    }
    assertThat(memory.applyingBytes()).isZero();
    assertThat(memory.readingBytes()).isZero();
    assertThat(memory.refusal()).isNull();
    ClusterHarness.WriteOutcome outcome = put(store, 7);
    cluster.await("a write", () -> outcome.done);
    assertThat(outcome.succeeded()).isTrue();
  }

  @Test
  void whatWaitsForASlowLogIsBoundedToo() {
    long bytesMax = 300_000;
    ClusterHarness cluster =
        ClusterHarness.ofThree(
            2,
            ClusterHarness.CONFIG.withRequests(
                ClusterHarness.CONFIG.requests().countMax(), bytesMax));
    StoreHarness leader = cluster.awaitLeader();
    StoreHarness slow = cluster.store(0) == leader ? cluster.store(1) : cluster.store(0);
    slow.holdLogWriter(true);
    EntryMemory memory = slow.store().entryMemory();
    long most = 0;
    for (int i = 0; i < 60; i++) {
      cluster.put("k" + i, "v".repeat(20_000));
      most = Math.max(most, memory.keptBytes());
    }
    assertThat(most).as("of 1,200,000 bytes").isBetween(bytesMax / 2, bytesMax + 100_000);
    assertThat(memory.refusal()).isInstanceOf(RegionError.ServerIsBusy.class);

    slow.holdLogWriter(false);
    long applied = leader.store().status().regions().getFirst().applied();
    cluster.await(
        "it has caught up", () -> slow.store().status().regions().getFirst().applied() >= applied);
    cluster.await("nothing is kept", () -> memory.keptBytes() == 0);
    assertThat(memory.refusal()).isNull();
  }

  @Test
  void aPeerThatEndsGivesBackWhatItHeld() {
    ClusterHarness cluster = behind(3);
    StoreHarness store = cluster.store(0);
    store.kvDisk().setStall(StallState.STOPPED);
    store.start();
    EntryMemory memory = store.store().entryMemory();
    cluster.await("something waits", () -> memory.applyingBytes() > 0);
    store.store().close();
    assertThat(memory.applyingBytes()).isZero();
    assertThat(memory.applyingEntries()).isZero();
    assertThat(memory.readingBytes()).isZero();
    assertThat(memory.keptBytes()).isZero();
  }
}
