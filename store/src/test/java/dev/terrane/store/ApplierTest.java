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
import dev.terrane.engine.EngineException;
import dev.terrane.engine.StallState;
import dev.terrane.engine.memory.MemoryDisk;
import dev.terrane.engine.memory.MemoryEngine;
import dev.terrane.raft.Change;
import dev.terrane.raft.ConfChange;
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
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
  private final ManualDisk disk = new ManualDisk(new Random(1));
  private final Applier applier =
      new Applier(engine, loop, 1024, disk, diskSpace, MetricsSink.NONE);
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
    int changes = entries * changesOfEntry;
    while (position(1).index() < entries) {
      assertThat(applier.poll(time)).isPositive();
      cycles++;
      long applied = position(1).index() * changesOfEntry;
      long filled = cycles * (long) Applier.CYCLE_CHANGES_TARGET;
      assertThat(applied).isLessThanOrEqualTo(filled);
      assertThat(applied)
          .as("what is complete waits for no more than the one behind it")
          .isGreaterThan(filled - 3 * Applier.CYCLE_CHANGES_TARGET);
    }
    assertThat(cycles)
        .isEqualTo((changes + Applier.CYCLE_CHANGES_TARGET - 1) / Applier.CYCLE_CHANGES_TARGET);
    assertThat(applier.poll(time)).isZero();
  }

  /** In bytes, too: some large values would hold the thread as long. */
  @Test
  void aCycleAppliesABoundedNumberOfBytes() {
    Bytes value = Bytes.wrap(new byte[100 << 10]);
    MutationsBuilder puts = new MutationsBuilder();
    for (int i = 0; i < 100; i++) {
      puts.put(ColumnFamily.DEFAULT, Bytes.ofUtf8("a" + (100 + i)), value);
    }
    Bytes payload = puts.build().encoded();
    EntryFormat.Builder data = new EntryFormat.Builder(payload.length() + 100);
    data.add(1, 3, payload);
    applier.submit(
        new ApplyTask.Entries(
            1, List.of(new Entry(1, 1, EntryKind.NORMAL, data.build())), List.of()));

    for (int cycle = 0; cycle < 9; cycle++) {
      assertThat(applier.poll(time)).isPositive();
      assertThat(disk.isWaiting("apply")).as("11 are filled in each cycle").isFalse();
    }
    applier.poll(time);
    assertThat(disk.isWaiting("apply")).isTrue();
    assertThat(stored("a100")).isNull();
    assertThat(disk.runOne()).isTrue();
    assertThat(stored("a100")).isNotNull();
    assertThat(stored("a199")).isNotNull();
    assertThat(position(1).index()).isEqualTo(1);
  }

  /** And nobody ever sees a part of it; what was complete before it does not wait for it. */
  @Test
  void aLargeProposalIsFilledInInSeveralCyclesAndWrittenAsOneElsewhere() {
    MutationsBuilder many = new MutationsBuilder();
    int changes = 3 * Applier.CYCLE_CHANGES_TARGET;
    for (int i = 0; i < changes; i++) {
      many.put(ColumnFamily.DEFAULT, Bytes.ofUtf8("a" + i), Bytes.ofUtf8("v"));
    }
    Proposal before = proposal("before", 3, put("b", "0"));
    Proposal large = proposal("large", 3, many.build());
    Proposal behind = proposal("behind", 3, put("b", "1"));
    EntryFormat.Builder data = new EntryFormat.Builder(1 << 20);
    for (Proposal each : List.of(before, large, behind)) {
      data.add(each.requestId(), 3, each.payload());
    }
    applier.submit(
        new ApplyTask.Entries(
            1,
            List.of(new Entry(1, 1, EntryKind.NORMAL, data.build())),
            List.of(new ProposalQueue.InLog(1, 1, List.of(before, large, behind), 0))));
    applier.submit(entries(2, 1, proposal("other", 3, put("z", "3"))));

    applier.poll(time);
    assertThat(answers).containsExactly("before applied");
    applier.poll(time);
    applier.poll(time);
    applier.poll(time);
    assertThat(stored("a0")).isNull();
    assertThat(disk.isWaiting("apply")).as("it is being written").isTrue();
    assertThat(applier.poll(time)).as("and nothing else is applied meanwhile").isZero();
    assertThat(answers).containsExactly("before applied");
    assertThat(position(1)).isEqualTo(AppliedPosition.NONE);

    assertThat(disk.runOne()).isTrue();
    applier.poll(time);
    assertThat(stored("a0")).isEqualTo("v");
    assertThat(stored("a" + (changes - 1))).isEqualTo("v");
    assertThat(answers)
        .containsExactly("before applied", "large applied", "behind applied", "other applied");
    assertThat(position(1)).isEqualTo(new AppliedPosition(1, 1));
  }

  /** Wherever a crash falls, applying again from the start of an entry comes to the same. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void anEntryThatACrashCutsInTwoIsAppliedAgainFromItsStart(int seed) {
    Random random = new Random(seed);
    MutationsBuilder changes = new MutationsBuilder();
    TreeMap<String, String> expected = new TreeMap<>();
    for (int i = 0; i < 4000; i++) {
      String key = "k" + random.nextInt(40);
      String value = "v" + i + (random.nextBoolean() ? "-old" : "-new");
      switch (random.nextInt(12)) {
        case 0 -> {
          changes.delete(ColumnFamily.DEFAULT, Bytes.ofUtf8(key));
          expected.remove(key);
        }
        case 1 -> {
          changes.deleteIfEndsWith(ColumnFamily.DEFAULT, Bytes.ofUtf8(key), Bytes.ofUtf8("-old"));
          if (expected.getOrDefault(key, "").endsWith("-old")) {
            expected.remove(key);
          }
        }
        case 2 -> {
          String end = key + "5";
          changes.deleteRange(
              ColumnFamily.DEFAULT, new KeyRange(Bytes.ofUtf8(key), Bytes.ofUtf8(end)));
          expected.subMap(key, end).clear();
        }
        default -> {
          changes.put(ColumnFamily.DEFAULT, Bytes.ofUtf8(key), Bytes.ofUtf8(value));
          expected.put(key, value);
        }
      }
    }
    Bytes payload = changes.build().encoded();
    EntryFormat.Builder data = new EntryFormat.Builder(payload.length() + 100);
    data.add(1, 3, payload);
    ApplyTask.Entries task =
        new ApplyTask.Entries(
            1, List.of(new Entry(1, 1, EntryKind.NORMAL, data.build())), List.of());
    applier.submit(task);
    int cycles = 1 + random.nextInt(4);
    for (int i = 0; i < cycles; i++) {
      applier.poll(time);
    }
    assertThat(position(1)).as("cut in two").isEqualTo(AppliedPosition.NONE);
    memoryDisk.crash(random);

    MemoryEngine recovered = MemoryEngine.open(memoryDisk);
    Applier again =
        new Applier(
            recovered, loop, 1024, new ManualDisk(new Random(1)), diskSpace, MetricsSink.NONE);
    again.submit(new ApplyTask.Open(1, 11, LEFT, AppliedPosition.NONE));
    again.submit(task);
    while (again.poll(time) > 0) {
      // until it is applied
    }

    TreeMap<String, String> found = new TreeMap<>();
    try (var cursor = recovered.cursor(ColumnFamily.DEFAULT, LEFT.range())) {
      for (boolean there = cursor.seekToFirst(); there; there = cursor.next()) {
        found.put(cursor.key().toUtf8(), cursor.value().toUtf8());
      }
    }
    assertThat(found).isEqualTo(expected);
    assertThat(recovered.get(ColumnFamily.REGION, RegionKeys.applied(1)))
        .isEqualTo(new AppliedPosition(1, 1).encode());
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

  /** On small machines whoever reads here stops ticks, votes and heartbeats of all Regions. */
  @Test
  void aComparisonThatNeedsTheDiskHoldsUpItsRegionAndNobodyElse() {
    Bytes suffix = Bytes.ofUtf8("-ttl1");
    Mutations clean =
        new MutationsBuilder()
            .put(ColumnFamily.DEFAULT, Bytes.ofUtf8("c"), Bytes.ofUtf8("v-ttl1"))
            .deleteIfEndsWith(ColumnFamily.DEFAULT, Bytes.ofUtf8("a"), suffix)
            .deleteIfEndsWith(ColumnFamily.DEFAULT, Bytes.ofUtf8("b"), suffix)
            .deleteIfEndsWith(ColumnFamily.DEFAULT, Bytes.ofUtf8("c"), suffix)
            .build();
    applier.submit(
        entries(1, 1, proposal("a", 3, put("a", "v-ttl1")), proposal("b", 3, put("b", "v-ttl2"))));
    applier.poll(time);
    answers.clear();
    memoryDisk.setColdReadEvery(1);

    applier.submit(
        entries(
            1,
            2,
            proposal("before", 3, put("d", "1")),
            proposal("clean", 3, clean),
            proposal("after", 3, put("a", "new"))));
    applier.submit(entries(1, 3, proposal("next", 3, put("e", "1"))));
    applier.submit(entries(2, 1, proposal("other", 3, put("x", "1"))));
    applier.poll(time);
    assertThat(answers).containsExactlyInAnyOrder("before applied", "other applied");
    assertThat(stored("x")).isEqualTo("1");
    assertThat(position(1).index()).as("only whole entries count").isEqualTo(1);

    int reads = 0;
    while (disk.runOne()) {
      reads++;
      applier.poll(time);
    }
    assertThat(reads).isEqualTo(3);
    assertThat(answers.subList(2, answers.size()))
        .containsExactly("clean applied", "after applied", "next applied");
    assertThat(stored("a")).as("deleted, and put after that").isEqualTo("new");
    assertThat(stored("b")).isEqualTo("v-ttl2");
    assertThat(stored("c")).isNull();
    assertThat(position(1).index()).isEqualTo(3);
    assertThat(credits.requests()).isZero();
  }

  @Test
  void aComparisonThatCannotBeReadIsTriedAgainLater() {
    Mutations clean =
        new MutationsBuilder()
            .deleteIfEndsWith(ColumnFamily.DEFAULT, Bytes.ofUtf8("a"), Bytes.ofUtf8("1"))
            .build();
    applier.submit(entries(1, 1, proposal("a", 3, put("a", "1"))));
    applier.poll(time);
    memoryDisk.setColdReadEvery(1);
    applier.submit(entries(1, 2, proposal("clean", 3, clean)));
    applier.poll(time);
    memoryDisk.setDescriptorsShort(true);
    for (int i = 0; i < 3; i++) { // every fourth finds none: be that the next
      try {
        engine.get(ColumnFamily.DEFAULT, Bytes.EMPTY);
      } catch (EngineException none) {
        i = -1;
      }
    }
    assertThat(disk.runOne()).isTrue();
    memoryDisk.setDescriptorsShort(false);

    applier.poll(time);
    assertThat(diskSpace.fullReason()).isNotNull();
    assertThat(applier.poll(time)).as("it waits").isZero();
    time.advance(Duration.ofNanos(applier.nextDeadlineNanos() - time.nanoTime()));
    applier.poll(time);
    assertThat(disk.runOne()).isTrue();
    applier.poll(time);
    assertThat(answers).containsExactly("a applied", "clean applied");
    assertThat(stored("a")).isNull();
    assertThat(diskSpace.fullReason()).isNull();
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

  /**
   * A snapshot has replaced the Region, whose peer is the same, and the old read comes to an end.
   */
  @Test
  void whatWasReadForARegionThatWasReplacedIsOfNoUse() {
    Bytes suffix = Bytes.ofUtf8("-ttl1");
    applier.submit(
        entries(1, 1, proposal("a", 3, put("a", "v-ttl1")), proposal("b", 3, put("b", "live"))));
    applier.poll(time);
    memoryDisk.setColdReadEvery(1);
    applier.submit(entries(1, 2, proposal("old", 3, cleanOf("a", suffix))));
    applier.poll(time);
    List<Runnable> reads = disk.takeAll();
    assertThat(reads).hasSize(1);

    applier.submit(new ApplyTask.Close(1, 11));
    applier.submit(new ApplyTask.Open(1, 11, LEFT, new AppliedPosition(5, 1)));
    applier.submit(entries(1, 6, proposal("new", 3, cleanOf("b", suffix))));
    applier.poll(time);
    reads.getFirst().run();
    applier.poll(time);
    assertThat(answers).doesNotContain("new applied");
    assertThat(stored("b")).isEqualTo("live");

    assertThat(disk.runOne()).isTrue();
    applier.poll(time);
    assertThat(answers).endsWith("new applied");
    assertThat(stored("b")).isEqualTo("live");
  }

  /** The same of a barrier: nothing of a change leaves before one that came after it. */
  @Test
  void aBarrierOfARegionThatWasReplacedLetsNothingOut() {
    applier.submit(new ApplyTask.Entries(1, List.of(confChange(1)), List.of()));
    applier.poll(time);
    List<Runnable> barriers = disk.takeAll();
    assertThat(barriers).hasSize(1);

    applier.submit(new ApplyTask.Close(1, 11));
    applier.submit(new ApplyTask.Open(1, 11, LEFT, new AppliedPosition(5, 1)));
    applier.submit(new ApplyTask.Entries(1, List.of(confChange(6)), List.of()));
    applier.submit(entries(1, 7, proposal("next", 3, put("a", "1"))));
    applier.poll(time);
    barriers.getFirst().run();
    applier.poll(time);
    assertThat(answers).isEmpty();

    assertThat(disk.runOne()).isTrue();
    applier.poll(time);
    assertThat(answers).containsExactly("next applied");
  }

  private static Mutations cleanOf(String key, Bytes suffix) {
    return new MutationsBuilder()
        .deleteIfEndsWith(ColumnFamily.DEFAULT, Bytes.ofUtf8(key), suffix)
        .build();
  }

  /** Of {@link #LEFT}, which gets a second peer. */
  private static Entry confChange(long index) {
    Region after =
        LEFT.withPeers(List.of(Peer.voter(11, 1), Peer.learner(13, 2)), new RegionEpoch(2, 3));
    ConfChange change =
        new ConfChange.Single(Change.addLearner(13), RegionChanges.encode(LEFT, after));
    return new Entry(index, 1, EntryKind.CONF_CHANGE, change.encode());
  }
}
