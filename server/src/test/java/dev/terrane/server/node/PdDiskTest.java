package dev.terrane.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.common.TimeSource;
import dev.terrane.engine.log.RaftLogOptions;
import dev.terrane.engine.log.SegmentedRaftLog;
import dev.terrane.engine.log.memory.DiskFaults;
import dev.terrane.engine.log.memory.MemoryLogDirectory;
import dev.terrane.pd.PdWrite;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** PD's writes when there is no room for them. */
class PdDiskTest {
  private static final RaftLogOptions TINY = new RaftLogOptions(1024, 4096, 0, 600, 300);
  private static final long HOUR = TimeUnit.HOURS.toNanos(1);

  private final MemoryLogDirectory directory = new MemoryLogDirectory(DiskFaults.NONE, 1024);
  private int durable;
  private long nowNanos = 1;
  private final TimeSource time =
      new TimeSource() {
        @Override
        public long nanoTime() {
          return nowNanos;
        }

        @Override
        public long wallMillis() {
          return 0;
        }
      };

  private static PdWrite regions(int number) {
    return new PdWrite(
        null, List.of(), null, null, Map.of(1L, Bytes.ofUtf8("%0300d".formatted(number))), 0);
  }

  @Test
  void writesWaitForRoomAndAreDoneInTheirOrder() {
    try (SegmentedRaftLog log = SegmentedRaftLog.open(directory, TINY, time, new Random(1))) {
      PdDisk disk = new PdDisk(log);
      for (int i = 1; i <= 10; i++) {
        disk.submit(regions(i), () -> durable++);
      }
      for (int tries = 0; tries < 10; tries++) {
        disk.poll(time);
        nowNanos += HOUR;
      }
      assertThat(durable).isBetween(1, 9);
      assertThat(disk.nextDeadlineNanos()).isBetween(nowNanos - HOUR, nowNanos);

      directory.setCapacityBytes(Long.MAX_VALUE);
      while (disk.poll(time) > 0) {}

      assertThat(durable).isEqualTo(10);
      assertThat(log.records(Bytes.ofUtf8("regions/")).values())
          .containsExactlyElementsOf(regions(10).regions().values());
    }
  }
}
