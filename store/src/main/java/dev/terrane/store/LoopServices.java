package dev.terrane.store;

import dev.terrane.common.agent.Inbox;
import dev.terrane.common.contact.Contacts;
import dev.terrane.common.due.DueQueue;
import dev.terrane.engine.EngineException;
import dev.terrane.engine.KvEngine;
import dev.terrane.engine.log.RaftLogEngine;
import dev.terrane.proto.terranepb.RaftBatch;
import dev.terrane.store.claim.RangeClaims;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * What the parts of one store loop share. Confined to the loop, except for what says otherwise of
 * itself.
 */
final class LoopServices {
  final StoreConfig config;
  final StoreIdentity identity;

  /** Which other stores are who they say. Thread-safe. */
  final Contacts<RaftBatch> contacts;

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

  /** Peers whose logs have grown by some part of what is kept, since the janitor looked. */
  final Set<LocalPeer> grownLogs = new LinkedHashSet<>();

  /** Peers that have requests waiting, by when one of them may have waited too long. */
  final DueQueue<LocalPeer> expiries = new DueQueue<>();

  /** How many peers of this loop lead. */
  int leading;

  /** What all peers hold of their logs. */
  final EntryMemory entryMemory;

  /** Which ranges are kept free for Regions that are coming. */
  final RangeClaims claims = new RangeClaims();

  /** Bounded by the peers: each has one snapshot to install, or one range to clear. */
  private final ArrayDeque<Runnable> waitingForRoom = new ArrayDeque<>();

  /** What the loop wants durable. */
  final LogTasks logTasks;

  private final DiskSpace diskSpace;
  private long nowNanos;

  LoopServices(
      StoreConfig config,
      StoreIdentity identity,
      Contacts<RaftBatch> contacts,
      KvEngine engine,
      RaftLogEngine log,
      RegionMap regions,
      Outbox outbox,
      Applier applier,
      LogWriter logWriter,
      DiskExecutor disk,
      DiskSpace diskSpace,
      MetricsSink metrics,
      RandomGenerator random,
      EntryMemory entryMemory,
      Inbox<StoreMessage> inbox) {
    this.config = config;
    this.identity = identity;
    this.contacts = contacts;
    this.engine = engine;
    this.log = log;
    this.regions = regions;
    this.outbox = outbox;
    this.applier = applier;
    this.logTasks = new LogTasks(inbox, logWriter::submit);
    this.disk = disk;
    this.diskSpace = diskSpace;
    this.metrics = metrics;
    this.random = random;
    this.entryMemory = entryMemory;
    this.inbox = inbox;
  }

  /** The time at which this cycle began. */
  long nowNanos() {
    return nowNanos;
  }

  void startCycle(long now) {
    nowNanos = now;
  }

  /** Whether the Raft log found no room when it was written last. */
  boolean isLogFull() {
    return diskSpace.isLogFull();
  }

  /**
   * Runs {@code work} where it may wait for the disk, then {@code next} on the loop. While the
   * engine has no room, it is tried again from the start: it must come to the same.
   */
  void onDisk(String name, Runnable work, Runnable next) {
    onDisk(name, work, next, false);
  }

  private void onDisk(String name, Runnable work, Runnable next, boolean again) {
    disk.submit(
        name,
        () -> {
          try {
            work.run();
          } catch (EngineException e) {
            if (!e.retryable()) {
              throw e;
            }
            diskSpace.engineIsFull(e.getMessage());
            inbox.put(
                new StoreMessage.Resume(
                    () -> waitingForRoom.add(() -> onDisk(name, work, next, true))));
            return;
          }
          if (again) {
            diskSpace.engineHasRoom();
          }
          inbox.put(new StoreMessage.Resume(next));
        });
  }

  /** Tries again what found no room. */
  void retryWhatFoundNoRoom() {
    int tries = waitingForRoom.size();
    for (int i = 0; i < tries; i++) {
      waitingForRoom.remove().run();
    }
  }
}
