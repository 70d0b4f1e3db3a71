package dev.terrane.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.common.agent.Inbox;
import dev.terrane.engine.log.LogBatch;
import dev.terrane.raft.Entry;
import dev.terrane.raft.EntryKind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a loop wants durable while the disk of its log stands still. */
final class LogTasksTest {
  private static final long REGION = 7;
  private static final Bytes SMALL = Bytes.ofUtf8("small");

  private final ArrayDeque<LogTask> withWriter = new ArrayDeque<>();
  private final LogTasks tasks = new LogTasks(new Inbox<>("loop", 8), withWriter::add);
  private final List<Long> durable = new ArrayList<>();
  private long index;

  /** One cycle of the loop, in which one entry is appended. */
  private void append(Bytes data) {
    long appended = ++index;
    LogTask task = tasks.open();
    task.batch().append(REGION, List.of(new Entry(appended, 1, EntryKind.NORMAL, data)));
    task.afterwards(() -> durable.add(appended));
    tasks.submit();
  }

  /** The disk goes on: the log writer makes one task durable, and the loop hears of it. */
  private void persistOne() {
    LogTask first = withWriter.remove();
    tasks.persisted();
    first.afterwards().forEach(Runnable::run);
    tasks.submit();
  }

  private void persistAll() {
    while (!withWriter.isEmpty()) {
      assertThat(withWriter.size()).isLessThanOrEqualTo(LogTasks.UNDER_WAY_MAX);
      persistOne();
    }
  }

  @Test
  void whatWaitsIsInSeveralTasksIfItIsLarge() {
    for (int cycle = 0; cycle < LogTasks.UNDER_WAY_MAX; cycle++) {
      append(SMALL);
    }
    Bytes large = Bytes.wrap(new byte[LogBatch.BYTES_MAX / 16]);
    for (int cycle = 0; cycle < 40; cycle++) {
      append(large); // more together than one batch may take
    }
    append(SMALL);
    assertThat(withWriter).hasSize(LogTasks.UNDER_WAY_MAX);

    persistAll();

    assertThat(durable).isEqualTo(LongStream.rangeClosed(1, index).boxed().toList());
  }

  @Test
  void cyclesShareATaskIfItIsSmall() {
    for (int cycle = 0; cycle < LogTasks.UNDER_WAY_MAX + 50; cycle++) {
      append(SMALL);
    }
    for (int task = 0; task < LogTasks.UNDER_WAY_MAX; task++) {
      persistOne();
    }

    assertThat(withWriter).hasSize(1);
    persistAll();
    assertThat(durable).hasSize((int) index);
  }
}
