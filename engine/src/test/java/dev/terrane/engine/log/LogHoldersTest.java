package dev.terrane.engine.log;

import static dev.terrane.engine.log.Entries.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.raft.Entry;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How much is held of each Region, where to cut it, and who holds the oldest segments. */
class LogHoldersTest {
  private static final int QUIET = 1;
  private static final int BUSY = 2;
  private static final long ENTRY = 100 + Entry.OVERHEAD_BYTES;

  private final TestDisk disk = new TestDisk(TestDisk.tinySegments());

  @Test
  void whatIsHeldIsKnownAlsoAfterAStart() {
    try (SegmentedRaftLog log = disk.open()) {
      log.write(new LogBatch().append(QUIET, run(1, 20, 1, 100)));
      log.write(new LogBatch().append(QUIET, run(16, 18, 2, 100))); // replaces 16 to 20
      log.write(new LogBatch().release(QUIET, 4));
      checkHeld(log);
    }
    try (SegmentedRaftLog log = disk.open()) {
      checkHeld(log);
      log.write(new LogBatch().release(QUIET, 18));
      assertThat(log.heldBytes(QUIET)).isZero();
      assertThat(log.figures().entries()).isZero();
      assertThat(log.releasePoint(QUIET, 0)).isEqualTo(18);
    }
  }

  private static void checkHeld(SegmentedRaftLog log) {
    assertThat(log.heldBytes(QUIET)).isEqualTo(14 * ENTRY);
    assertThat(log.figures().entries()).isEqualTo(14);
    assertThat(log.releasePoint(QUIET, 10 * ENTRY)).as("5 to 8 go").isEqualTo(8);
    assertThat(log.releasePoint(QUIET, 10 * ENTRY - 1)).as("ten are left at least").isEqualTo(8);
    assertThat(log.releasePoint(QUIET, 0)).isEqualTo(18);
    assertThat(log.releasePoint(QUIET, 14 * ENTRY)).as("nothing goes").isEqualTo(4);
    assertThat(log.releasePoint(QUIET, Long.MAX_VALUE / 2)).isEqualTo(4);
    assertThat(log.heldBytes(99)).isZero();
    assertThat(log.releasePoint(99, 0)).isZero();
  }

  @Test
  void theOldestSegmentsAreHeldByThoseWhoHaveEntriesInThem() {
    try (SegmentedRaftLog log = disk.open()) {
      log.write(new LogBatch().append(QUIET, run(1, 2, 1, 100)));
      for (int i = 1; i <= 20; i++) {
        log.write(new LogBatch().append(BUSY, run(i, i, 1, 100)));
      }
      int segments = log.figures().segments();
      assertThat(segments).isGreaterThan(3);

      List<LogHolder> oldest = log.holdersOfOldest(1, 0);
      assertThat(oldest).extracting(LogHolder::regionId).containsExactly(1L, 2L);
      assertThat(oldest.getFirst()).isEqualTo(new LogHolder(QUIET, 2));
      assertThat(oldest.getLast().throughIndex()).isBetween(1L, 6L);
      assertThat(log.holdersOfOldest(0, 3)).as("the same in entries").isEqualTo(oldest);
      assertThat(log.holdersOfOldest(0, 0)).isEmpty();
      assertThat(log.holdersOfOldest(Long.MAX_VALUE, 0).getLast().throughIndex())
          .as("the newest segment is left alone")
          .isLessThan(20);

      LogBatch release = new LogBatch();
      oldest.forEach(holder -> release.release(holder.regionId(), holder.throughIndex()));
      log.write(release);
      while (log.upkeep()) {}
      assertThat(log.figures().segments()).isLessThan(segments);
      assertThat(log.holdersOfOldest(1, 0)).extracting(LogHolder::regionId).containsExactly(2L);
    }
  }

  /** What upkeep has copied to the newest segment does not hold the old ones any more. */
  @Test
  void whatWasCopiedHoldsNothingOld() {
    try (SegmentedRaftLog log = disk.open()) {
      log.write(new LogBatch().append(QUIET, run(1, 1, 1, 100)));
      for (int i = 1; i <= 8; i++) {
        log.write(new LogBatch().append(BUSY, run(i, i, 1, 100)));
      }
      log.write(new LogBatch().release(BUSY, 8)); // the first segment is mostly dead now
      while (log.upkeep()) {}
      for (int i = 9; i <= 16; i++) {
        log.write(new LogBatch().append(BUSY, run(i, i, 1, 100)));
      }
      assertThat(log.figures().bytesRewritten()).isPositive();
      assertThat(log.heldBytes(QUIET)).isEqualTo(ENTRY);
      assertThat(log.figures().entries()).isEqualTo(9);
    }
  }
}
