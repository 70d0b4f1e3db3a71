package dev.terrane.store;

import dev.terrane.common.agent.Inbox;
import dev.terrane.engine.KvEngine;
import dev.terrane.engine.log.RaftLogEngine;
import java.util.ArrayDeque;
import java.util.random.RandomGenerator;

/**
 * What the parts of one store loop share. Confined to the loop, except for what says otherwise of
 * itself.
 */
final class LoopServices {
  /** A log batch is handed over once it has about so much. */
  private static final long LOG_BATCH_BYTES_TARGET = 16 << 20;

  final StoreConfig config;
  final StoreIdentity identity;
  final KvEngine engine;
  final RaftLogEngine log;
  final RegionMap regions;
  final Outbox outbox;
  final Applier applier;
  final DiskExecutor disk;
  final MetricsSink metrics;
  final RandomGenerator random;
  final Inbox<StoreMessage> inbox;

  /** Peers whose turn comes at the end of the cycle. */
  final ArrayDeque<LocalPeer> dirty = new ArrayDeque<>();

  private final LogWriter logWriter;
  private LogTask task;
  private long nowNanos;

  LoopServices(
      StoreConfig config,
      StoreIdentity identity,
      KvEngine engine,
      RaftLogEngine log,
      RegionMap regions,
      Outbox outbox,
      Applier applier,
      LogWriter logWriter,
      DiskExecutor disk,
      MetricsSink metrics,
      RandomGenerator random,
      Inbox<StoreMessage> inbox) {
    this.config = config;
    this.identity = identity;
    this.engine = engine;
    this.log = log;
    this.regions = regions;
    this.outbox = outbox;
    this.applier = applier;
    this.logWriter = logWriter;
    this.disk = disk;
    this.metrics = metrics;
    this.random = random;
    this.inbox = inbox;
    this.task = new LogTask(inbox);
  }

  /** The time at which this cycle began. */
  long nowNanos() {
    return nowNanos;
  }

  void startCycle(long now) {
    nowNanos = now;
  }

  /** What this cycle wants durable. Not to be kept: a large one is replaced by the next. */
  LogTask logTask() {
    if (task.batch().bytes() >= LOG_BATCH_BYTES_TARGET) {
      submitLogTask();
    }
    return task;
  }

  /** Hands what this cycle gathered to the log writer. */
  void submitLogTask() {
    if (!task.isEmpty()) {
      LogTask full = task;
      task = new LogTask(inbox);
      logWriter.submit(full);
    }
  }

  /** Runs {@code work} where it may wait for the disk, then {@code next} on the loop. */
  void onDisk(String name, Runnable work, Runnable next) {
    disk.submit(
        name,
        () -> {
          work.run();
          inbox.put(new StoreMessage.Resume(next));
        });
  }
}
