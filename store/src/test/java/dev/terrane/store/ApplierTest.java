package dev.terrane.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.agent.Inbox;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionEpoch;
import dev.terrane.common.region.RegionError;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.StallState;
import dev.terrane.engine.memory.MemoryDisk;
import dev.terrane.engine.memory.MemoryEngine;
import dev.terrane.raft.Entry;
import dev.terrane.raft.EntryKind;
import dev.terrane.store.wire.AppliedPosition;
import dev.terrane.store.wire.EntryFormat;
import dev.terrane.store.wire.RegionKeys;
import dev.terrane.txn.Mutations;
import dev.terrane.txn.MutationsBuilder;
import dev.terrane.txn.WriteReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ApplierTest {
  private static final Region LEFT =
      new Region(
          1,
          new KeyRange(Bytes.EMPTY, Bytes.ofUtf8("m")),
          new RegionEpoch(1, 3),
          List.of(Peer.voter(11, 1)));
  private static final Region RIGHT =
      new Region(
          2,
          new KeyRange(Bytes.ofUtf8("m"), Bytes.EMPTY),
          new RegionEpoch(1, 3),
          List.of(Peer.voter(12, 1)));

  private final MemoryDisk memoryDisk = new MemoryDisk();
  private final MemoryEngine engine = MemoryEngine.open(memoryDisk);
  private final Inbox<StoreMessage> loop = new Inbox<>("loop", 1024);
  private final DiskSpace diskSpace = new DiskSpace();
  private final Credits credits = new Credits(100, 1 << 20);
  private final Applier applier =
      new Applier(engine, loop, 1024, new ManualDisk(new Random(1)), diskSpace, MetricsSink.NONE);
  private final VirtualTime time = new VirtualTime();
  private final List<String> answers = new ArrayList<>();

  ApplierTest() {
    applier.submit(new ApplyTask.Open(1, 11, LEFT, AppliedPosition.NONE));
    applier.submit(new ApplyTask.Open(2, 12, RIGHT, AppliedPosition.NONE));
  }

  private Proposal proposal(String name, long version, Mutations mutations) {
    assertThat(credits.tryTake(Proposal.creditBytes(mutations.encoded()))).isTrue();
    Proposal proposal =
        new Proposal(
            1,
            11,
            version,
            mutations.encoded(),
            null,
            new WriteReply() {
              @Override
              public void applied() {
                answers.add(name + " applied");
              }

              @Override
              public void refused(RegionError error) {
                answers.add(name + " " + error.getClass().getSimpleName());
              }
            },
            credits);
    proposal.requestId(name.hashCode());
    return proposal;
  }

  private static ApplyTask.Entries entries(long regionId, long index, Proposal... proposals) {
    EntryFormat.Builder data = new EntryFormat.Builder(1024);
    for (Proposal proposal : proposals) {
      data.add(proposal.requestId(), proposal.epochVersion(), proposal.payload());
    }
    return new ApplyTask.Entries(
        regionId,
        List.of(new Entry(index, 1, EntryKind.NORMAL, data.build())),
        List.of(new ProposalQueue.InLog(index, 1, List.of(proposals), 0)));
  }

  private static Mutations put(String key, String value) {
    return Mutations.put(ColumnFamily.DEFAULT, Bytes.ofUtf8(key), Bytes.ofUtf8(value));
  }

  private @Nullable String stored(String key) {
    Bytes value = engine.get(ColumnFamily.DEFAULT, Bytes.ofUtf8(key));
    return value == null ? null : value.toUtf8();
  }

  private AppliedPosition position(long regionId) {
    Bytes encoded = engine.get(ColumnFamily.REGION, RegionKeys.applied(regionId));
    return encoded == null ? AppliedPosition.NONE : AppliedPosition.decode(encoded);
  }

  @Test
  void writesManyRegionsAtOnceAndAnswersInOrder() {
    applier.submit(entries(1, 1, proposal("a", 3, put("a", "1")), proposal("b", 3, put("b", "2"))));
    applier.submit(entries(2, 1, proposal("z", 3, put("z", "3"))));
    applier.submit(entries(1, 2, proposal("a2", 3, put("a", "4"))));

    applier.poll(time);

    assertThat(answers).containsExactly("a applied", "b applied", "z applied", "a2 applied");
    assertThat(stored("a")).isEqualTo("4");
    assertThat(stored("z")).isEqualTo("3");
    assertThat(position(1)).isEqualTo(new AppliedPosition(2, 1));
    assertThat(position(2)).isEqualTo(new AppliedPosition(1, 1));
    assertThat(engine.statistics().logSyncs()).isZero();
    assertThat(credits.requests()).isZero();
    assertThat(credits.bytes()).isZero();
  }

  /**
   * Counted in changes, since it is those that take the time: a million small ones have few bytes.
   */
  @Test
  void aCycleAppliesABoundedNumberOfChangesAndGoesOnInTheNext() {
    int changesOfEntry = 1000;
    MutationsBuilder deletions = new MutationsBuilder();
    for (int i = 0; i < changesOfEntry; i++) {
      deletions.delete(ColumnFamily.DEFAULT, Bytes.ofUtf8("a" + i));
    }
    Bytes payload = deletions.build().encoded();
    int entries = 20;
    List<Entry> log = new ArrayList<>();
    for (int i = 1; i <= entries; i++) {
      EntryFormat.Builder data = new EntryFormat.Builder(2 * payload.length());
      data.add(i, 3, payload);
      log.add(new Entry(i, 1, EntryKind.NORMAL, data.build()));
    }
    applier.submit(new ApplyTask.Entries(1, log, List.of()));

    int cycles = 0;
    long before = 0;
    while (position(1).index() < entries) {
      assertThat(applier.poll(time)).isPositive();
      long applied = position(1).index();
      assertThat((applied - before) * changesOfEntry)
          .isBetween((long) changesOfEntry, Applier.CHANGES_PER_CYCLE_TARGET + 1000L);
      before = applied;
      cycles++;
    }
    assertThat(cycles).isEqualTo(4);
    assertThat(applier.poll(time)).isZero();
  }

  @Test
  void checksTheEpochOfEachProposalAlone() {
    applier.submit(
        entries(
            1,
            1,
            proposal("old", 2, put("a", "old")),
            proposal("new", 3, put("b", "new")),
            proposal("ahead", 4, put("c", "ahead"))));

    applier.poll(time);

    assertThat(answers).containsExactly("old EpochNotMatch", "new applied", "ahead EpochNotMatch");
    assertThat(stored("a")).isNull();
    assertThat(stored("b")).isEqualTo("new");
    assertThat(position(1).index()).isEqualTo(1);
  }

  @Test
  void comparesBeforeItDeletesWhatHasExpired() {
    Bytes key = Bytes.ofUtf8("k");
    Bytes suffix = Bytes.ofUtf8("-ttl1");
    Mutations clean =
        new MutationsBuilder().deleteIfEndsWith(ColumnFamily.DEFAULT, key, suffix).build();
    applier.submit(
        entries(
            1,
            1,
            proposal("first", 3, put("k", "v-ttl1")),
            proposal("renewed", 3, put("k", "v-ttl2")),
            proposal("clean", 3, clean)));
    applier.poll(time);
    assertThat(stored("k")).as("it was renewed in the same batch").isEqualTo("v-ttl2");

    applier.submit(
        entries(1, 2, proposal("again", 3, put("k", "v-ttl1")), proposal("clean2", 3, clean)));
    applier.poll(time);
    assertThat(stored("k")).isNull();
    assertThat(answers).hasSize(5).allMatch(answer -> answer.endsWith("applied"));
  }

  @Test
  void aFullDiskHoldsCommittedEntriesUntilThereIsRoom() {
    memoryDisk.setFreeBytes(10);
    applier.submit(entries(1, 1, proposal("a", 3, put("a", "1"))));
    applier.submit(entries(1, 2, proposal("b", 3, put("b", "2"))));

    applier.poll(time);

    assertThat(answers).isEmpty();
    assertThat(diskSpace.fullReason()).isNotNull();
    assertThat(applier.poll(time)).as("it waits").isZero();
    memoryDisk.setFreeBytes(Long.MAX_VALUE);
    time.advance(Duration.ofNanos(applier.nextDeadlineNanos() - time.nanoTime()));
    applier.poll(time);
    assertThat(answers).containsExactly("a applied", "b applied");
    assertThat(stored("b")).isEqualTo("2");
    assertThat(diskSpace.fullReason()).isNull();
  }

  /** Whoever shares the applier's thread would wait with it: ticks, votes, heartbeats. */
  @Test
  void anEngineThatHoldsWritersBackIsAskedAgainLaterAndNotWaitedFor() {
    memoryDisk.setStall(StallState.STOPPED);
    applier.submit(entries(1, 1, proposal("a", 3, put("a", "1"))));

    applier.poll(time);

    assertThat(answers).isEmpty();
    assertThat(applier.nextDeadlineNanos()).isPositive();
    assertThat(diskSpace.fullReason()).as("it is busy, not full").isNull();
    memoryDisk.setStall(StallState.NONE);
    time.advance(Duration.ofNanos(applier.nextDeadlineNanos() - time.nanoTime()));
    applier.poll(time);
    assertThat(answers).containsExactly("a applied");
  }

  @Test
  void aDiskThatFillsUpInsideAnEntryAnswersEachProposalOnce() {
    Mutations clean =
        new MutationsBuilder()
            .deleteIfEndsWith(ColumnFamily.DEFAULT, Bytes.ofUtf8("e"), Bytes.ofUtf8("y"))
            .build();
    memoryDisk.setFreeBytes(10);
    applier.submit(
        entries(
            1,
            1,
            proposal("a", 3, put("a", "1")),
            proposal("clean", 3, clean),
            proposal("b", 3, put("b", "2"))));
    applier.poll(time);
    assertThat(answers).isEmpty();

    memoryDisk.setFreeBytes(Long.MAX_VALUE);
    time.advance(Duration.ofNanos(applier.nextDeadlineNanos() - time.nanoTime()));
    applier.poll(time);

    assertThat(answers).containsExactly("a applied", "clean applied", "b applied");
    assertThat(stored("a")).isEqualTo("1");
    assertThat(position(1).index()).isEqualTo(1);
    assertThat(credits.requests()).isZero();
  }

  @Test
  void whatComesForAClosedRegionIsUndetermined() {
    applier.submit(new ApplyTask.Close(1, 11));
    applier.submit(entries(1, 1, proposal("late", 3, put("a", "1"))));
    applier.poll(time);

    assertThat(answers).containsExactly("late UndeterminedResult");
    assertThat(stored("a")).isNull();
  }
}
