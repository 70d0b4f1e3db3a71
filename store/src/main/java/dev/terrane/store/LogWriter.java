package dev.terrane.store;

import dev.terrane.common.TimeSource;
import dev.terrane.common.agent.Agent;
import dev.terrane.common.agent.Inbox;
import dev.terrane.common.agent.Waker;
import dev.terrane.engine.log.LogBatch;
import dev.terrane.engine.log.LogFullException;
import dev.terrane.engine.log.RaftLogEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Makes the batches of all store loops durable: whatever has gathered while the last sync ran goes
 * out with the next one.
 *
 * <p>The one agent that waits for the disk inside {@link #poll}; it has a thread of its own. When
 * the disk is full it keeps what it has and tries again; when the disk fails, it throws and the
 * store stops.
 */
final class LogWriter implements Agent {
  /** More than a loop has under way, so that a release is never left in the inbox behind them. */
  private static final int TASKS_MAX = 1 << 11;

  private static final long UPKEEP_EVERY_BYTES = 1 << 20;

  /** As much as a write may take, each about a MiB. */
  private static final int RECLAIM_STEPS_MAX = 32;

  private static final long FULL_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final RaftLogEngine engine;
  private final Inbox<LogTask> inbox = new Inbox<>("log-writer", 1 << 16);
  private final DiskSpace diskSpace;
  private final MetricsSink metrics;
  private final List<LogTask> tasks = new ArrayList<>();
  private long retryAtNanos = NO_DEADLINE;
  private long bytesSinceUpkeep;
  private boolean upkeepWaits = true;

  LogWriter(RaftLogEngine engine, DiskSpace diskSpace, MetricsSink metrics) {
    this.engine = engine;
    this.diskSpace = diskSpace;
    this.metrics = metrics;
  }

  void onMessage(Waker waker) {
    inbox.onMessage(waker);
  }

  /** Takes {@code task}, from any thread; its submitter hears when it is durable. */
  void submit(LogTask task) {
    inbox.put(task);
  }

  @Override
  public String name() {
    return "log-writer";
  }

  @Override
  public int poll(TimeSource time) {
    long nowNanos = time.nanoTime();
    if (retryAtNanos != NO_DEADLINE && nowNanos - retryAtNanos < 0) {
      return 0;
    }
    inbox.drain(tasks::add, TASKS_MAX - tasks.size());
    if (tasks.isEmpty()) {
      return upkeep();
    }
    int written = write(nowNanos);
    for (int i = 0; i < written; i++) {
      tasks.get(i).persisted();
    }
    tasks.subList(0, written).clear();
    return written;
  }

  /** Returns how many of the tasks are durable now. */
  private int write(long nowNanos) {
    List<LogBatch> batches = new ArrayList<>(tasks.size());
    for (LogTask task : tasks) {
      batches.add(task.batch());
      bytesSinceUpkeep += task.batch().bytes();
    }
    try {
      engine.write(batches);
      retryAtNanos = NO_DEADLINE;
      diskSpace.logHasRoom();
      metrics.count("log_writes_total", 1);
      metrics.observe("log_write_batches", batches.size());
      if (bytesSinceUpkeep >= UPKEEP_EVERY_BYTES) {
        upkeep();
      }
      return tasks.size();
    } catch (LogFullException e) {
      diskSpace.logIsFull(e.getMessage());
      // What housekeeping gives back may be all the room that is needed; nobody else can.
      // Then it is tried again at once, though no message may come to wake this up for it.
      retryAtNanos = reclaimed() ? nowNanos : nowNanos + FULL_RETRY_NANOS;
      return e.written();
    }
  }

  /** Whether housekeeping has given back a segment, whose file may be used again. */
  private boolean reclaimed() {
    int before = engine.figures().segments();
    try {
      for (int step = 0; step < RECLAIM_STEPS_MAX && engine.upkeep(); step++) {
        metrics.count("log_reclaim_steps_without_room_total", 1);
      }
    } catch (LogFullException e) {
      upkeepWaits = true; // what it came to before that counts
    }
    return engine.figures().segments() < before;
  }

  /** One step of housekeeping, in an idle moment or after so much has been written. */
  private int upkeep() {
    if (!upkeepWaits && bytesSinceUpkeep == 0) {
      return 0;
    }
    bytesSinceUpkeep = 0;
    try {
      upkeepWaits = engine.upkeep();
      return 1;
    } catch (LogFullException e) {
      metrics.count("log_upkeep_without_room_total", 1); // nothing is lost; a write will tell
      upkeepWaits = false;
      return 0;
    }
  }

  @Override
  public long nextDeadlineNanos() {
    return retryAtNanos;
  }
}
