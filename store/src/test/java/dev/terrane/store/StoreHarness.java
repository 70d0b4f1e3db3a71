package dev.terrane.store;

import dev.terrane.common.agent.Agent;
import dev.terrane.common.region.Region;
import dev.terrane.engine.KvEngine;
import dev.terrane.engine.log.RaftLogEngine;
import dev.terrane.engine.log.RaftLogOptions;
import dev.terrane.engine.log.SegmentedRaftLog;
import dev.terrane.engine.log.memory.MemoryLogDirectory;
import dev.terrane.engine.memory.MemoryDisk;
import dev.terrane.engine.memory.MemoryEngine;
import dev.terrane.store.wire.StoredFormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One store of a {@link ClusterHarness}: its disks, which outlive it, and the store that runs on
 * them now, if any.
 */
final class StoreHarness {
  static final long CLUSTER_ID = 77;

  private final ClusterHarness cluster;
  private final RandomGenerator random;
  private final String address;
  private final MemoryFiles files = new MemoryFiles();
  private final MemoryDisk kvDisk = new MemoryDisk(files);
  private final MemoryLogDirectory logDisk = new MemoryLogDirectory();
  private final ManualDisk disk;
  private @Nullable KvEngine engine;
  private @Nullable RaftLogEngine log;
  private @Nullable Store store;
  private boolean logWriterHeld;
  private boolean paused;
  private long storeId;

  StoreHarness(ClusterHarness cluster, RandomGenerator random, String address) {
    this.cluster = cluster;
    this.random = random;
    this.address = address;
    this.disk = new ManualDisk(random);
  }

  /** Starts the store, which at its first start gets its identity from PD. */
  void start() {
    KvEngine newEngine = MemoryEngine.open(kvDisk);
    engine = newEngine;
    RaftLogEngine newLog =
        SegmentedRaftLog.open(logDisk, RaftLogOptions.SMALL, cluster.time(), random);
    log = newLog;
    List<StoreIdentity> ready = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    var address = dev.terrane.proto.metapb.Store.newBuilder().setAddress(this.address).build();
    new StoreBootstrap(
            newEngine,
            newLog,
            cluster.pd(),
            CLUSTER_ID,
            address,
            disk,
            random,
            new StoreBootstrap.Done() {
              @Override
              public void ready(StoreIdentity identity) {
                ready.add(identity);
              }

              @Override
              public void failed(String reason) {
                failures.add(reason);
              }

              @Override
              public void refused(StoredFormatException reason) {
                throw reason;
              }
            })
        .run();
    while (disk.runOne()) {
      // until it has told
    }
    if (ready.isEmpty()) {
      throw new AssertionError("not bootstrapped: " + failures);
    }
    StoreIdentity identity = ready.getFirst();
    storeId = identity.storeId();
    Store opened =
        Store.open(
            identity,
            cluster.config(),
            new StoreSurroundings(
                cluster.time(),
                random,
                newEngine,
                newLog,
                files,
                cluster.network().transportOf(storeId),
                cluster.pd(),
                disk,
                MetricsSink.NONE),
            address);
    store = opened;
    cluster.network().attach(storeId, opened);
  }

  /** Changes the disks of a store that is down. */
  void layOut(BiConsumer<KvEngine, RaftLogEngine> change) {
    try (KvEngine offlineEngine = MemoryEngine.open(kvDisk);
        RaftLogEngine offlineLog =
            SegmentedRaftLog.open(logDisk, RaftLogOptions.SMALL, cluster.time(), random)) {
      change.accept(offlineEngine, offlineLog);
    }
    logDisk.restart();
  }

  /** Ends the process without warning. */
  void kill() {
    stopRunning();
    kvDisk.kill();
    logDisk.restart();
  }

  /** Cuts the power: what was not synced may be gone. */
  void losePower() {
    stopRunning();
    kvDisk.crash(random);
    logDisk.losePower(random);
  }

  private void stopRunning() {
    cluster.network().detach(storeId);
    disk.forget();
    logWriterHeld = false;
    paused = false;
    store = null;
    engine = null;
    log = null;
  }

  boolean isUp() {
    return store != null;
  }

  /** While held, nothing becomes durable in the log. */
  void holdLogWriter(boolean held) {
    logWriterHeld = held;
  }

  /** While paused, the whole process stands still. */
  void pause(boolean still) {
    paused = still;
  }

  long storeId() {
    return storeId;
  }

  Store store() {
    return Objects.requireNonNull(store, "the store is down");
  }

  KvEngine engine() {
    return Objects.requireNonNull(engine, "the store is down");
  }

  RaftLogEngine log() {
    return Objects.requireNonNull(log, "the store is down");
  }

  ManualDisk disk() {
    return disk;
  }

  MemoryDisk kvDisk() {
    return kvDisk;
  }

  MemoryLogDirectory logDisk() {
    return logDisk;
  }

  MemoryFiles files() {
    return files;
  }

  /** This store's view of a Region's peer; null if it has none. */
  StoreStatus.@Nullable RegionStatus peer(long regionId) {
    if (store == null) {
      return null;
    }
    return store.status().regions().stream()
        .filter(status -> status.regionId() == regionId)
        .findFirst()
        .orElse(null);
  }

  boolean leads(long regionId) {
    StoreStatus.RegionStatus status = peer(regionId);
    return status != null && status.leads();
  }

  @Nullable Region region(long regionId) {
    StoreStatus.RegionStatus status = peer(regionId);
    return status == null ? null : status.region();
  }

  /** Lets everything have one turn. Returns the work done. */
  int pollAll() {
    int work = 0;
    for (Agent agent : store().agents()) {
      work += agent.poll(cluster.time());
    }
    work += store().logWriter().poll(cluster.time());
    while (disk.runOne()) {
      work++;
    }
    return work;
  }

  /** When an agent wants to be polled though nothing comes. */
  long nextDeadlineNanos() {
    return store().agents().stream().mapToLong(Agent::nextDeadlineNanos).min().orElseThrow();
  }

  /**
   * Lets every agent have a turn or none, in an order drawn from the seed. Returns the work done.
   */
  int poll() {
    Store running = store;
    if (running == null || paused) {
      return 0;
    }
    List<Agent> agents = new ArrayList<>(running.agents());
    if (!logWriterHeld) {
      agents.add(running.logWriter());
    }
    int work = 0;
    for (int turn = 0; turn < 3; turn++) {
      work += agents.get(random.nextInt(agents.size())).poll(cluster.time());
      if (random.nextBoolean() && disk.runOne()) {
        work++;
      }
    }
    return work;
  }
}
