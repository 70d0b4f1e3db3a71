package dev.terrane.bench.log;

import dev.terrane.common.Bytes;
import dev.terrane.common.TimeSource;
import dev.terrane.engine.log.FileLogDirectory;
import dev.terrane.engine.log.LogBatch;
import dev.terrane.engine.log.RaftLogEngine;
import dev.terrane.engine.log.RaftLogOptions;
import dev.terrane.engine.log.SegmentedRaftLog;
import dev.terrane.raft.Entry;
import dev.terrane.raft.EntryKind;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;

/** The log in segments, with its upkeep at the pace that its documentation asks for. */
final class SegmentsUnderTest implements BenchedLog {
  private final RaftLogEngine log;
  private LogBatch batch = new LogBatch();
  private long bytesSinceUpkeep;

  SegmentsUnderTest(Path directory) {
    log =
        SegmentedRaftLog.open(
            FileLogDirectory.open(directory),
            RaftLogOptions.DEFAULT,
            new SystemTime(),
            new SecureRandom());
  }

  @Override
  public void append(long regionId, long index, Bytes data) {
    batch.append(regionId, List.of(new Entry(index, 1, EntryKind.NORMAL, data)));
  }

  @Override
  public void release(long regionId, long index) {
    batch.release(regionId, index);
  }

  @Override
  public void commit() {
    bytesSinceUpkeep += batch.bytes();
    log.write(batch);
    batch = new LogBatch();
    if (bytesSinceUpkeep > RaftLogOptions.DEFAULT.upkeepBytesMax()) {
      bytesSinceUpkeep = 0;
      log.upkeep();
    }
  }

  @Override
  public long fileBytes() {
    return log.figures().totalBytes();
  }

  @Override
  public void close() {
    log.close();
  }

  private static final class SystemTime implements TimeSource {
    @Override
    public long nanoTime() {
      return System.nanoTime();
    }

    @Override
    public long wallMillis() {
      return System.currentTimeMillis();
    }
  }
}
