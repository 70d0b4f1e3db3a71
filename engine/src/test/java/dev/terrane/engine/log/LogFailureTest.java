package dev.terrane.engine.log;

import static dev.terrane.engine.log.Entries.all;
import static dev.terrane.engine.log.Entries.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A failing disk ends the log; a full one does not. */
class LogFailureTest {
  private final RaftLogOptions options = TestDisk.tinySegments();

  @Test
  void aFailedSyncIsNeverRetried() {
    TestDisk disk = new TestDisk(options);
    SegmentedRaftLog log = disk.open();
    log.write(new LogBatch().append(1, run(1, 2, 1, 10)));
    disk.failAfter(1);
    assertThatThrownBy(() -> log.write(new LogBatch().append(1, run(3, 3, 1, 10))))
        .isInstanceOf(LogFailedException.class)
        .hasMessageContaining(Segment.nameOf(1))
        .hasRootCauseMessage("injected: SYNC " + Segment.nameOf(1));
    disk.heal();
    long calls = disk.calls();
    assertThatThrownBy(() -> log.write(new LogBatch().append(1, run(3, 3, 1, 10))))
        .isInstanceOf(LogFailedException.class)
        .hasMessageContaining("failed earlier");
    assertThatThrownBy(log::upkeep).isInstanceOf(LogFailedException.class);
    assertThat(disk.calls()).isEqualTo(calls);
    assertThat(all(log, 1)).isEqualTo(run(1, 2, 1, 10)); // what was not durable never showed
  }

  @Test
  void aFailedWriteIsAsFatal() {
    TestDisk disk = new TestDisk(options);
    SegmentedRaftLog log = disk.open();
    disk.failAfter(0);
    assertThatThrownBy(() -> log.write(new LogBatch().append(1, run(1, 1, 1, 10))))
        .isInstanceOf(LogFailedException.class);
    disk.heal();
    assertThatThrownBy(() -> log.write(new LogBatch().append(1, run(1, 1, 1, 10))))
        .isInstanceOf(LogFailedException.class);
  }

  @Test
  void aFullDiskIsToldWhileAReleaseStillFits() {
    TestDisk disk = new TestDisk(options, 3L * options.segmentBytes());
    SegmentedRaftLog log = disk.open();
    long index = 0;
    LogFullException full = null;
    while (full == null) {
      index++;
      log.write(new LogBatch().append(1, run(index, index, 1, 150)));
      try {
        log.upkeep();
      } catch (LogFullException e) {
        full = e;
      }
    }
    assertThat(full.retryable()).isTrue();
    assertThat(all(log, 1)).isEqualTo(run(1, index, 1, 150));
    log.write(new LogBatch().release(1, index));
    while (log.upkeep()) {}
    for (int i = 0; i < 9; i++) {
      index++;
      log.write(new LogBatch().append(1, run(index, index, 1, 150)));
    }
    assertThat(log.lastIndex(1)).isEqualTo(index);
  }

  /** A process that has no descriptor left can write to the files it has, but open no other. */
  @Test
  void aFileThatCannotBeOpenedIsWaitedForAsRoomIs() {
    TestDisk disk = new TestDisk(options);
    try (SegmentedRaftLog log = disk.open()) {
      disk.openNoFiles(true);
      long index = 0;
      LogFullException full = null;
      while (full == null) {
        try {
          log.write(new LogBatch().append(1, run(index + 1, index + 1, 1, 150)));
          index++;
        } catch (LogFullException e) {
          full = e;
        }
      }
      assertThat(full.retryable()).isTrue();
      assertThat(full).hasMessageContaining("Too many open files");
      assertThat(index).isPositive();
      disk.openNoFiles(false);
      log.write(new LogBatch().append(1, run(index + 1, index + 1, 1, 150)));
      assertThat(log.lastIndex(1)).isEqualTo(index + 1);
    }
  }

  @Test
  void aWriteThatFindsNoRoomSaysHowFarItCame() {
    TestDisk disk = new TestDisk(options, options.segmentBytes());
    SegmentedRaftLog log = disk.open();
    List<LogBatch> batches =
        List.of(
            new LogBatch().append(1, run(1, 1, 1, 500)),
            new LogBatch().append(1, run(2, 2, 1, 100)),
            new LogBatch().append(1, run(3, 3, 1, 500)));
    assertThatThrownBy(() -> log.write(batches))
        .isInstanceOfSatisfying(
            LogFullException.class, full -> assertThat(full.written()).isEqualTo(2));
    for (int round = 0; round < 2; round++) {
      assertThat(log.lastIndex(1)).isEqualTo(2);
      assertThatThrownBy(() -> log.write(batches.subList(2, 3)))
          .isInstanceOfSatisfying(
              LogFullException.class, full -> assertThat(full.written()).isZero());
    }
    log.close();
    try (SegmentedRaftLog again = disk.open()) {
      assertThat(all(again, 1).getLast()).isEqualTo(run(2, 2, 1, 100).getFirst());
      again.write(new LogBatch().append(1, run(3, 3, 1, 10)));
    }
  }
}
