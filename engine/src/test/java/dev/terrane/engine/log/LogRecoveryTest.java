package dev.terrane.engine.log;

import static dev.terrane.engine.log.Entries.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.common.Bytes;
import dev.terrane.raft.HardState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** A torn tail is cut; everything else that is wrong with a file is refused by its name. */
class LogRecoveryTest {
  private static final String FIRST = Segment.nameOf(1);
  private static final String SECOND = Segment.nameOf(2);
  private static final int SEGMENT_BYTES = TestDisk.tinySegments().segmentBytes();

  private static final String LAST = Segment.nameOf(3);
  private static final List<String> ALL = List.of(FIRST, SECOND, LAST);

  /** Twelve frames in three segments. */
  private final List<LogBatch> batches =
      List.of(
          new LogBatch().append(1, run(1, 3, 1, 40)).hardState(1, new HardState(1, 1, 0)),
          new LogBatch().append(2, run(1, 1, 4, 70)).put(Bytes.ofUtf8("key"), Bytes.ofUtf8("one")),
          new LogBatch().append(1, run(4, 6, 2, 40)),
          new LogBatch().append(1, run(6, 7, 3, 40)),
          new LogBatch().append(3, run(1, 4, 4, 70)),
          new LogBatch().release(1, 2),
          new LogBatch().put(Bytes.ofUtf8("key"), Bytes.ofUtf8("two")),
          new LogBatch().append(3, run(5, 7, 4, 70)),
          new LogBatch().append(1, run(8, 8, 4, 40)),
          new LogBatch().append(2, run(2, 3, 4, 40)).hardState(2, new HardState(4, 2, 1)),
          new LogBatch().append(1, run(9, 9, 4, 40)),
          new LogBatch().append(1, run(10, 10, 4, 40)));

  private TestDisk disk = new TestDisk(TestDisk.tinySegments());

  @Test
  void damageToAnyByteIsRefusedUnlessItLooksLikeATornLastFrame() throws IOException {
    LogModel whole = modelAfter(batches.size());
    LogModel withoutLast = modelAfter(batches.size() - 1);
    int lastFrameStart =
        endAfter(batches.size()) - (int) LogFormat.frameBytes(batches.getLast().bytes());
    int refused = 0;
    for (String name : ALL) {
      for (int position = 0; position < SEGMENT_BYTES; position++) {
        writeAll();
        disk.directory.flipBit(name, position, position % 8);
        try (SegmentedRaftLog log = disk.open()) {
          LogModel found = LogModel.of(log);
          if (!found.equals(whole)) {
            assertThat(found).as("%s, byte %d", name, position).isEqualTo(withoutLast);
            assertThat(name).isEqualTo(LAST);
            assertThat(position).isGreaterThanOrEqualTo(lastFrameStart);
          }
        } catch (LogCorruptException corrupt) {
          refused++;
          assertThat(corrupt.file()).isEqualTo(name);
          assertThat(corrupt.offset()).isBetween(0L, (long) position);
          assertThat(corrupt).hasMessageContaining(name + " at offset " + corrupt.offset());
        }
      }
    }
    assertThat(refused).isGreaterThan(SEGMENT_BYTES); // the frames before it, padding aside
  }

  @Test
  void aFileCutAnywhereIsRefused() throws IOException {
    for (String name : ALL) {
      for (int size = 0; size < SEGMENT_BYTES; size++) {
        writeAll();
        disk.directory.truncate(name, size);
        int expectedOffset = size;
        assertThatThrownBy(() -> disk.open())
            .isInstanceOfSatisfying(
                LogCorruptException.class,
                corrupt -> {
                  assertThat(corrupt.file()).isEqualTo(name);
                  assertThat(corrupt.offset()).isEqualTo(expectedOffset);
                });
      }
    }
  }

  @Test
  void aTornTailIsCutOnceAndReported() {
    int cut = 0;
    int kept = 0;
    for (int seed = 0; seed < 50; seed++) {
      SegmentedRaftLog log = writeAll();
      disk.failAfter(1); // the frame is written, its sync fails
      assertThatThrownBy(() -> log.write(new LogBatch().append(9, run(1, 1, 1, 200))))
          .isInstanceOf(LogFailedException.class);
      disk.heal();
      disk.directory.losePower(new Random(seed));
      try (SegmentedRaftLog found = disk.open()) {
        if (found.lastIndex(9) == 1) {
          kept++;
        } else if (found.recovery().cutFile() != null) {
          cut++;
          assertThat(found.recovery()).isEqualTo(new LogRecovery(3, 12, LAST, endAfter(12)));
        }
        assertThat(found.lastIndex(1)).isEqualTo(10);
      }
      try (SegmentedRaftLog again = disk.open()) {
        assertThat(again.recovery().cutFile()).isNull();
      }
    }
    assertThat(cut).isPositive();
    assertThat(kept).isPositive();
  }

  @Test
  void aFrameThatWasNeverSyncedIsSyncedBeforeItIsTrusted() {
    SegmentedRaftLog log = writeAll();
    disk.failAfter(1);
    assertThatThrownBy(() -> log.write(new LogBatch().append(9, run(1, 1, 1, 200))))
        .isInstanceOf(LogFailedException.class);
    disk.heal();
    disk.directory.restart(); // the system still has what was written
    disk.open().close();
    disk.directory.losePower(new Random(1));
    try (SegmentedRaftLog found = disk.open()) {
      assertThat(found.lastIndex(9)).isEqualTo(1);
    }
  }

  @Test
  void aNewerFormatIsRefusedByName() throws IOException {
    writeAll().close();
    ByteBuffer header = ByteBuffer.allocate(LogFormat.SEGMENT_HEADER_BYTES);
    try (LogFile file = disk.directory.open(SECOND)) {
      file.read(header, 0);
      header.putInt(8, 2);
      CRC32C crc = new CRC32C();
      crc.update(header.array(), 0, 60);
      header.putInt(60, (int) crc.getValue());
      file.write(header.flip(), 0);
    }
    assertThatThrownBy(() -> disk.open())
        .isInstanceOf(LogFormatException.class)
        .hasMessage(SECOND + " has Raft log format 2; this release reads up to format 1");
  }

  @Test
  void aMissingSegmentIsNamed() throws IOException {
    SegmentedRaftLog log = writeAll();
    for (int i = 0; i < 20; i++) {
      log.write(new LogBatch().append(5, run(i + 1, i + 1, 1, 200)));
    }
    log.close();
    disk.directory.delete(SECOND);
    assertThatThrownBy(() -> disk.open())
        .isInstanceOf(LogCorruptException.class)
        .hasMessageContaining(SECOND)
        .hasMessageContaining("missing");
  }

  @Test
  void aMissingFirstSegmentIsNoticedByWhatTheOthersLack() throws IOException {
    writeAll().close();
    disk.directory.delete(FIRST);
    assertThatThrownBy(() -> disk.open())
        .isInstanceOf(LogCorruptException.class)
        .hasMessageContaining("is missing");
  }

  @Test
  void aSegmentUnderAnotherNumberIsRefused() throws IOException {
    writeAll().close();
    disk.directory.delete(FIRST);
    disk.directory.rename(SECOND, FIRST);
    assertThatThrownBy(() -> disk.open())
        .isInstanceOf(LogCorruptException.class)
        .hasMessageContaining(FIRST)
        .hasMessageContaining("this is segment 2");
  }

  @Test
  void anUnfinishedSegmentIsRemoved() throws IOException {
    writeAll().close();
    disk.directory.create(SegmentMaker.UNFINISHED_NAME).close();
    disk.open().close();
    assertThat(disk.directory.list()).containsAll(ALL).doesNotContain(SegmentMaker.UNFINISHED_NAME);
  }

  /** At either end nothing that is left shows the gap, if what is gone was hard states only. */
  @Test
  void aMissingSegmentAtEitherEndIsNamedAndThePartThatIsLeftIsNotChanged() throws IOException {
    for (String gone : ALL) {
      disk = new TestDisk(TestDisk.tinySegments());
      try (SegmentedRaftLog log = disk.open()) {
        for (int term = 1; log.figures().segments() < ALL.size(); term++) {
          log.write(new LogBatch().hardState(1, new HardState(term, 1, 0)));
        }
      }
      disk.directory.create(SegmentMaker.UNFINISHED_NAME).close();
      disk.directory.rename(gone, "elsewhere");
      long calls = disk.calls();
      assertThatThrownBy(() -> disk.open())
          .isInstanceOfSatisfying(
              LogCorruptException.class, corrupt -> assertThat(corrupt.file()).isEqualTo(gone))
          .hasMessageContaining("missing");
      assertThat(disk.calls() - calls).as("only what is left was opened").isLessThan(ALL.size());
      disk.directory.rename("elsewhere", gone);
      try (SegmentedRaftLog log = disk.open()) {
        assertThat(log.hardState(1)).isNotNull();
      }
    }
  }

  @Test
  void aLogThatIsReadAndNotOpenedIsNotChanged() throws IOException {
    SegmentedRaftLog log = writeAll();
    disk.failAfter(1); // a torn tail, which opening would cut
    assertThatThrownBy(() -> log.write(new LogBatch().append(9, run(1, 1, 1, 200))))
        .isInstanceOf(LogFailedException.class);
    disk.heal();
    disk.directory.losePower(new Random(3));
    long calls = disk.calls();
    try (UnopenedLog read = UnopenedLog.read(disk.directory, TestDisk.tinySegments())) {
      assertThat(read.isBlank()).isFalse();
    }
    assertThat(disk.calls() - calls).as("opened and nothing else").isEqualTo(ALL.size());
    disk.open().close();
  }

  @Test
  void aSegmentThatWasGivenBackIsNotMissed() {
    disk = new TestDisk(TestDisk.tinySegments());
    for (int life = 0; life < 3; life++) {
      try (SegmentedRaftLog log = disk.open()) {
        for (int i = 0; i < 200; i++) {
          log.write(new LogBatch().hardState(1, new HardState(1000 * life + i + 1, 1, 0)));
          while (log.upkeep()) {}
        }
      }
      assertThat(disk.directory.list()).doesNotContain(FIRST);
    }
  }

  private SegmentedRaftLog writeAll() {
    disk = new TestDisk(TestDisk.tinySegments());
    SegmentedRaftLog log = disk.open();
    batches.forEach(log::write);
    return log;
  }

  private LogModel modelAfter(int count) {
    LogModel model = LogModel.empty();
    for (LogBatch batch : batches.subList(0, count)) {
      model = model.after(batch);
    }
    return model;
  }

  /** Where in its segment the frame of batch {@code count} ends, the first being batch 1. */
  private int endAfter(int count) {
    int end = SEGMENT_BYTES;
    for (LogBatch batch : batches.subList(0, count)) {
      int bytes = (int) LogFormat.frameBytes(batch.bytes());
      end = (end + bytes > SEGMENT_BYTES ? LogFormat.SEGMENT_HEADER_BYTES : end) + bytes;
    }
    return end;
  }
}
