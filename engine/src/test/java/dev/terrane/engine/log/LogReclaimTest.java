package dev.terrane.engine.log;

import static dev.terrane.engine.log.Entries.all;
import static dev.terrane.engine.log.Entries.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.common.Bytes;
import dev.terrane.common.region.RegionEpoch;
import dev.terrane.raft.HardState;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Old segments go although one Region lags, and nothing goes with them that is still needed. */
class LogReclaimTest {
  private static final Tombstone TOMBSTONE = new Tombstone(new RegionEpoch(2, 2), 8);
  private static final int LAGGING = 1;
  private static final int BUSY = 2;

  private final TestDisk disk = new TestDisk(TestDisk.tinySegments());

  @Test
  void aRegionThatLagsKeepsItsEntriesAndNotItsSegments() {
    try (SegmentedRaftLog log = disk.open()) {
      begin(log);
      for (int i = 1; i <= 200; i++) {
        keepBusy(log, i);
        while (log.upkeep()) {}
      }
      assertThat(log.figures().segments()).isLessThanOrEqualTo(3);
      assertThat(log.figures().bytesRewritten()).isPositive();
      checkNothingIsLost(log, 200);
    }
    try (SegmentedRaftLog log = disk.open()) {
      checkNothingIsLost(log, 200);
    }
  }

  @Test
  void aCrashAtAnyStepLosesNothing() {
    long calls = runUntilCrash(Long.MAX_VALUE, 0);
    assertThat(calls).isGreaterThan(100);
    for (long crashAt = 1; crashAt < calls; crashAt++) {
      runUntilCrash(crashAt, crashAt);
    }
  }

  /** Returns how many calls the disk got. */
  private static long runUntilCrash(long crashAt, long seed) {
    TestDisk disk = new TestDisk(TestDisk.tinySegments());
    int acknowledged = 0;
    SegmentedRaftLog log = disk.open();
    begin(log);
    long before = disk.calls();
    disk.failAfter(crashAt == Long.MAX_VALUE ? Integer.MAX_VALUE : crashAt);
    try {
      for (int i = 1; i <= 30; i++) {
        keepBusy(log, i);
        acknowledged = i;
        while (log.upkeep()) {}
      }
    } catch (LogFailedException | LogFullException crashed) {
      assertThat(crashed).hasStackTraceContaining("injected");
    }
    long calls = disk.calls() - before;
    disk.heal();
    disk.directory.losePower(new Random(seed));
    try (SegmentedRaftLog found = disk.open()) {
      checkNothingIsLost(found, acknowledged);
      while (found.upkeep()) {}
      checkNothingIsLost(found, acknowledged);
    }
    return calls;
  }

  @Test
  void comesToRest() {
    try (SegmentedRaftLog log = disk.open()) {
      begin(log);
      for (int i = 1; i <= 50; i++) {
        keepBusy(log, i);
      }
      int steps = 0;
      while (log.upkeep()) {
        steps++;
      }
      assertThat(steps).isLessThan(200);
      long calls = disk.calls();
      assertThat(log.upkeep()).isFalse();
      assertThat(disk.calls()).isEqualTo(calls);
    }
  }

  @Test
  void aLogAboveItsTargetGivesUpMostlyLiveSegmentsForTheDeadOnesBehindThem() {
    try (SegmentedRaftLog log = disk.open()) {
      log.write(new LogBatch().append(LAGGING, run(1, 1, 1, 700))); // most of a segment
      for (int i = 1; i <= 8; i++) {
        log.write(new LogBatch().append(BUSY, run(i, i, 1, 600)));
      }
      log.write(new LogBatch().release(BUSY, 8));
      assertThat(log.figures().totalBytes())
          .isGreaterThan(TestDisk.tinySegments().totalBytesTarget());
      while (log.upkeep()) {}
      assertThat(log.figures().totalBytes())
          .isLessThanOrEqualTo(TestDisk.tinySegments().totalBytesTarget());
      assertThat(all(log, LAGGING)).isEqualTo(run(1, 1, 1, 700));
    }
  }

  @Test
  void liveDataThatCannotBeReadStopsUpkeepUntilItsPeerIsDestroyed() throws IOException {
    try (SegmentedRaftLog log = disk.open()) {
      log.write(new LogBatch().append(LAGGING, run(1, 1, 1, 100)));
      log.write(new LogBatch().append(3, run(1, 4, 1, 300))); // pushes the first out of the cache
      log.write(new LogBatch().append(BUSY, run(1, 4, 1, 500)));
      log.write(new LogBatch().release(BUSY, 4).release(3, 4));
      disk.directory.flipBit(Segment.nameOf(1), 150, 0);
      assertThatThrownBy(() -> upkeepToTheEnd(log))
          .isInstanceOfSatisfying(
              LogCorruptException.class,
              corrupt -> assertThat(corrupt.file()).isEqualTo(Segment.nameOf(1)))
          .hasMessageContaining("entry 1 of region 1");
      assertThatThrownBy(() -> log.entries(LAGGING, 1, 2, 100))
          .isInstanceOf(LogCorruptException.class);
      log.write(new LogBatch().destroy(LAGGING, TOMBSTONE));
      upkeepToTheEnd(log);
      assertThat(disk.directory.list()).doesNotContain(Segment.nameOf(1));
    }
  }

  private static void upkeepToTheEnd(SegmentedRaftLog log) {
    while (log.upkeep()) {}
  }

  private static void begin(SegmentedRaftLog log) {
    log.write(
        new LogBatch()
            .append(LAGGING, run(1, 6, 1, 60))
            .hardState(LAGGING, new HardState(3, 2, 4))
            .destroy(7, TOMBSTONE)
            .put(Bytes.ofUtf8("ident"), Bytes.ofUtf8("store 4")));
    log.write(new LogBatch().release(LAGGING, 2));
  }

  private static void keepBusy(SegmentedRaftLog log, long index) {
    LogBatch batch = new LogBatch().append(BUSY, run(index, index, 1, 150));
    if (index > 1) {
      batch.release(BUSY, index - 1);
    }
    log.write(batch);
  }

  private static void checkNothingIsLost(SegmentedRaftLog log, long acknowledged) {
    assertThat(all(log, LAGGING)).isEqualTo(run(3, 6, 1, 60));
    assertThat(log.term(LAGGING, 2)).isEqualTo(1);
    assertThat(log.hardState(LAGGING)).isEqualTo(new HardState(3, 2, 4));
    assertThat(log.tombstone(7)).isEqualTo(TOMBSTONE);
    assertThat(log.record(Bytes.ofUtf8("ident"))).isEqualTo(Bytes.ofUtf8("store 4"));
    assertThat(log.lastIndex(BUSY)).isBetween(acknowledged, acknowledged + 1);
    long last = log.lastIndex(BUSY);
    if (last > 0) {
      assertThat(all(log, BUSY)).isEqualTo(run(last, last, 1, 150));
    }
  }
}
