package dev.terrane.store;

import dev.terrane.common.agent.Inbox;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * What one store loop wants durable, on its way to the log writer: gathered into tasks, of which a
 * bounded number is with the log writer at a time. While its disk stands still, the others wait
 * here, in order; how much they hold is bounded by what peers may keep of their logs ({@link
 * EntryMemory}), and by the credits of what clients write.
 *
 * <p>Confined to the loop.
 */
final class LogTasks {
  /** A task is complete once it has about so much; far below what a log batch may take. */
  private static final long TASK_BYTES_TARGET = 16 << 20;

  /** While so many are with the log writer, which then has no room, cycles share the next. */
  static final int UNDER_WAY_MAX = 1024;

  private final Inbox<StoreMessage> loop;
  private final Consumer<LogTask> writer;

  /** Before {@link #open}. */
  private final ArrayDeque<LogTask> complete = new ArrayDeque<>();

  private LogTask open;
  private int underWay;

  LogTasks(Inbox<StoreMessage> loop, Consumer<LogTask> writer) {
    this.loop = loop;
    this.writer = writer;
    this.open = new LogTask(loop);
  }

  /** To be added to. Not to be kept across additions: a large one is replaced by the next. */
  LogTask open() {
    if (open.batch().bytes() >= TASK_BYTES_TARGET) {
      completeOpen();
      handOverComplete();
    }
    return open;
  }

  /** Hands what was gathered to the log writer, as far as it may have more. */
  void submit() {
    handOverComplete();
    if (!open.isEmpty() && mayHandOver()) {
      completeOpen();
      handOverComplete();
    }
  }

  private void completeOpen() {
    complete.add(open);
    open = new LogTask(loop);
  }

  private void handOverComplete() {
    while (!complete.isEmpty() && mayHandOver()) {
      handOver(complete.remove());
    }
  }

  private boolean mayHandOver() {
    return underWay < UNDER_WAY_MAX;
  }

  /**
   * Hands over {@code release}, which nothing that waits here touches, past all of that while the
   * log writer has no room: it may make some.
   */
  void submitRelease(LogTask release) {
    handOver(release);
  }

  private void handOver(LogTask task) {
    underWay++;
    writer.accept(task);
  }

  /** One of them is durable. */
  void persisted() {
    underWay--;
  }
}
