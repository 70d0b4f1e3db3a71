package dev.terrane.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.common.agent.Agent;
import dev.terrane.common.agent.Inbox;
import dev.terrane.engine.log.LogBatch;
import dev.terrane.engine.log.RaftLogOptions;
import dev.terrane.engine.log.SegmentedRaftLog;
import dev.terrane.engine.log.memory.DiskFaults;
import dev.terrane.engine.log.memory.MemoryLogDirectory;
import dev.terrane.raft.Entry;
import dev.terrane.raft.EntryKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A log without room, for hours. */
final class FullLogTest {
  private static final RaftLogOptions TINY = new RaftLogOptions(1024, 4096, 0, 600, 300);
  private static final long REGION = 7;

  private final MemoryLogDirectory directory = new MemoryLogDirectory(DiskFaults.NONE, 3 * 1024);
  private final Inbox<StoreMessage> loop = new Inbox<>("loop", 1 << 12);
  private final VirtualTime time = new VirtualTime();
  private final DiskSpace space = new DiskSpace();

  private LogTask append(long index) {
    LogTask task = new LogTask(loop);
    task.batch()
        .append(REGION, List.of(new Entry(index, 1, EntryKind.NORMAL, Bytes.wrap(new byte[400]))));
    return task;
  }

  /** Of what was released while writes came in one after the other, nothing was given back. */
  @Test
  void whatIsNoLongerNeededMakesRoomForWhatWaits() {
    try (SegmentedRaftLog log = SegmentedRaftLog.open(directory, TINY, time, new Random(1))) {
      long index = 0;
      while (log.figures().segments() < 3) {
        index++;
        log.write(append(index).batch());
      }
      log.write(new LogBatch().release(REGION, index)); // all but this is dead; no upkeep yet
      LogWriter writer = new LogWriter(log, space, MetricsSink.NONE);
      for (int i = 1; i <= 4; i++) {
        writer.submit(append(index + i));
      }

      pollUntilItRests(writer);

      List<StoreMessage> told = new ArrayList<>();
      loop.drain(told::add, 100);
      assertThat(told.size()).as("made durable, though the disk got no more room").isEqualTo(4);
    }
  }

  /** As its thread does, which sleeps when nothing was done and no deadline has come. */
  private void pollUntilItRests(Agent agent) {
    int polls = 0;
    while (agent.poll(time) > 0 || agent.nextDeadlineNanos() <= time.nanoTime()) {
      polls++;
      assertThat(polls).as("polls without a rest").isLessThan(100);
    }
  }

  /** What is released waits behind writes that find no room, and would make it. */
  @Test
  void aReleaseGoesAheadOfWhatFindsNoRoom() {
    RaftLogOptions options = new RaftLogOptions(1 << 16, 1 << 18, 0, 1 << 14, 1 << 13);
    directory.setCapacityBytes(3 << 16);
    try (SegmentedRaftLog log = SegmentedRaftLog.open(directory, options, time, new Random(1))) {
      LogWriter writer = new LogWriter(log, space, MetricsSink.NONE);
      long index = 0;
      while (space.fullReason() == null) {
        writer.submit(append(++index));
        writer.poll(time);
      }
      int durable = loop.drain(_ -> {}, 1 << 12);
      for (int more = 0; more < 10; more++) {
        writer.submit(append(++index));
      }
      LogTask release = new LogTask(loop);
      release.batch().release(REGION, durable);
      writer.submit(release);

      for (int polls = 0; polls < 10; polls++) {
        time.advance(Duration.ofSeconds(1));
        writer.poll(time);
      }

      assertThat(log.lastIndex(REGION)).isEqualTo(index);
      assertThat(log.firstIndex(REGION)).isEqualTo(durable + 1);
      assertThat(space.fullReason()).isNull();
    }
    try (SegmentedRaftLog log = SegmentedRaftLog.open(directory, options, time, new Random(1))) {
      assertThat(log.firstIndex(REGION)).as("after a restart").isGreaterThan(100);
    }
  }
}
