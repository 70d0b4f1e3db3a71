package dev.terrane.engine.log;

import static dev.terrane.engine.log.Entries.all;
import static dev.terrane.engine.log.Entries.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log on files of the file system. */
class FileLogDirectoryTest {
  @TempDir private Path parent;

  @Test
  void keepsTheLogInFilesAcrossReopening() throws Exception {
    Path path = parent.resolve("node").resolve("raft");
    try (SegmentedRaftLog log = open(path, TestDisk.tinySegments())) {
      for (int i = 1; i <= 100; i++) {
        LogBatch batch = new LogBatch().append(1, run(i, i, 1, 200));
        if (i > 10) {
          batch.release(1, i - 10);
        }
        log.write(batch);
        while (log.upkeep()) {}
      }
      assertThat(all(log, 1)).isEqualTo(run(91, 100, 1, 200));
    }
    try (SegmentedRaftLog log = open(path, TestDisk.tinySegments())) {
      assertThat(all(log, 1)).isEqualTo(run(91, 100, 1, 200));
      assertThat(log.recovery().cutFile()).isNull();
      try (var files = Files.list(path)) {
        assertThat(files.count()).isEqualTo(log.figures().segments() + 3L); // spare, range, LOCK
      }
    }
  }

  @Test
  void keepsASecondUserOut() {
    try (SegmentedRaftLog log = open(parent, RaftLogOptions.SMALL)) {
      assertThatThrownBy(() -> FileLogDirectory.open(parent))
          .isInstanceOf(LogFailedException.class)
          .hasMessageContaining("is in use");
      log.write(new LogBatch().append(1, run(1, 1, 1, 10)));
    }
    open(parent, RaftLogOptions.SMALL).close();
  }

  @Test
  void isGivenBackWhenItsLogIsRefused() throws IOException {
    try (SegmentedRaftLog log = open(parent, RaftLogOptions.SMALL)) {
      log.write(new LogBatch().append(1, run(1, 1, 1, 10)));
    }
    Path segment;
    try (var files = Files.list(parent)) {
      segment =
          files.filter(file -> file.toString().endsWith(".raftlog")).sorted().findFirst().get();
    }
    Path elsewhere = parent.resolveSibling("elsewhere");
    Files.move(segment, elsewhere);
    assertThatThrownBy(() -> open(parent, RaftLogOptions.SMALL))
        .isInstanceOf(LogCorruptException.class);
    Files.move(elsewhere, segment);
    open(parent, RaftLogOptions.SMALL).close();
  }

  @Test
  void anInterruptedReaderDoesNotCloseTheFile() {
    RaftLogOptions noCache = new RaftLogOptions(1 << 20, 1 << 20, 0, 1 << 16, 1 << 16);
    try (SegmentedRaftLog log = open(parent, noCache)) {
      log.write(new LogBatch().append(1, run(1, 3, 1, 10)));
      Thread.currentThread().interrupt();
      assertThat(all(log, 1)).isEqualTo(run(1, 3, 1, 10));
      assertThat(Thread.interrupted()).isTrue();
      log.write(new LogBatch().append(1, run(4, 4, 1, 10)));
      assertThat(all(log, 1)).isEqualTo(run(1, 4, 1, 10));
    }
  }

  private static SegmentedRaftLog open(Path path, RaftLogOptions options) {
    return SegmentedRaftLog.open(
        FileLogDirectory.open(path), options, new FixedTime(), new Random(1));
  }
}
