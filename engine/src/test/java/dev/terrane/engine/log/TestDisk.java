package dev.terrane.engine.log;

import dev.terrane.engine.log.memory.DiskCall;
import dev.terrane.engine.log.memory.MemoryLogDirectory;
import java.io.IOException;
import java.util.Random;

/** A disk in memory that stops at a chosen call, and logs opened on it. */
final class TestDisk {
  final MemoryLogDirectory directory;
  private final RaftLogOptions options;
  private final Random lives = new Random(7);
  private long calls;
  private boolean noFiles;
  private long failFrom = Long.MAX_VALUE;

  TestDisk(RaftLogOptions options) {
    this(options, Long.MAX_VALUE);
  }

  TestDisk(RaftLogOptions options, long capacityBytes) {
    this.options = options;
    directory = new MemoryLogDirectory(this::before, capacityBytes);
  }

  /** Small enough that a few batches fill a segment. */
  static RaftLogOptions tinySegments() {
    return new RaftLogOptions(1024, 4096, 2000, 600, 300);
  }

  SegmentedRaftLog open() {
    return SegmentedRaftLog.open(directory, options, new FixedTime(), lives);
  }

  /** How many calls the disk got, reads aside. */
  long calls() {
    return calls;
  }

  /** The call after {@code more} others fails, and all that follow it. */
  void failAfter(long more) {
    failFrom = calls + more;
  }

  void heal() {
    failFrom = Long.MAX_VALUE;
  }

  /** Whether files are refused as by a process that has too many open. */
  void openNoFiles(boolean none) {
    noFiles = none;
  }

  private void before(DiskCall call, String file) throws IOException {
    if (noFiles && (call == DiskCall.CREATE || call == DiskCall.OPEN)) {
      throw new IOException(file + ": Too many open files");
    }
    if (call != DiskCall.READ) {
      calls++;
      if (calls > failFrom) {
        throw new IOException("injected: " + call + " " + file);
      }
    }
  }
}
