package dev.terrane.server.node;

import dev.terrane.common.TimeSource;
import dev.terrane.common.agent.Agent;
import dev.terrane.engine.KvEngine;
import dev.terrane.engine.log.RaftLogEngine;
import dev.terrane.proto.metapb.StoreLabel;
import dev.terrane.server.config.ConfigException;
import dev.terrane.server.config.MemoryBudget;
import dev.terrane.server.config.NodeConfig;
import dev.terrane.server.importing.ImportSstService;
import dev.terrane.server.metrics.NodeMetrics;
import dev.terrane.server.net.LoopExecutor;
import dev.terrane.server.pdlink.GrpcPdLink;
import dev.terrane.server.tikv.RequestContexts;
import dev.terrane.server.tikv.TikvService;
import dev.terrane.server.transport.GrpcStoreTransport;
import dev.terrane.server.transport.InternalService;
import dev.terrane.store.Store;
import dev.terrane.store.StoreBootstrap;
import dev.terrane.store.StoreConfig;
import dev.terrane.store.StoreIdentity;
import dev.terrane.store.StoreStarts;
import dev.terrane.store.StoreSurroundings;
import dev.terrane.store.wire.StoredFormatException;
import dev.terrane.txn.latch.Latches;
import dev.terrane.txn.raw.RawCommands;
import dev.terrane.txn.raw.RawLimits;
import io.grpc.BindableService;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The store of a node, with its engines and the commands on top. */
final class StorePart implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StorePart.class);

  /** As TiKV's release of the protocol; clients compare it to choose among protocols. */
  static final String VERSION = "8.5.0";

  private static final Duration CHECK_PATIENCE = Duration.ofSeconds(1);
  private static final int LATCH_SLOTS = 2048;
  private static final int LATCHED_WAITING_MAX = 1 << 14;
  private static final int LOG_ENTRY_HEAP_BYTES = 20;

  private final KvEngine engine;
  private final RaftLogEngine raftLog;
  private final SnapshotDirectory snapshots;
  private final Store store;
  private final Latches latches = new Latches(LATCH_SLOTS, LATCHED_WAITING_MAX);
  private final TikvService tikv;
  private final InternalService internal;
  private final ImportSstService importing;

  private StorePart(
      KvEngine engine,
      RaftLogEngine raftLog,
      SnapshotDirectory snapshots,
      Store store,
      NodeConfig config,
      MemoryBudget memory,
      NodeThreads threads,
      TimeSource time,
      NodeMetrics metrics,
      LoopExecutor loop) {
    this.engine = engine;
    this.raftLog = raftLog;
    this.snapshots = snapshots;
    this.store = store;
    RawLimits limits = RawLimits.DEFAULT.withAnswerBytesMax(memory.answerBytes());
    RawCommands commands =
        new RawCommands(
            store,
            config.apiVersion(),
            limits,
            latches,
            threads.reads,
            time,
            failure -> {
              metrics.count("read_failures_total", 1);
              log.error("a read failed", failure);
            });
    StoreIdentity identity = store.identity();
    this.tikv = new TikvService(identity.clusterId(), identity.storeId(), commands, loop);
    this.internal = new InternalService(store, identity, loop);
    this.importing =
        new ImportSstService(
            new RequestContexts(identity.clusterId()), commands, loop, memory.requestBytes());
  }

  /** Everything that {@link #open} is given. */
  record Surroundings(
      NodeConfig config,
      MemoryBudget memory,
      DataDirectory directory,
      StoreDisk disk,
      NodePorts ports,
      GrpcPdLink pd,
      GrpcStoreTransport transport,
      NodeThreads threads,
      LoopExecutor loop,
      TimeSource time,
      RandomGenerator random,
      NodeMetrics metrics) {}

  /**
   * Opens the engines and the store in them. A store that has been part of a cluster opens without
   * PD; a new one gets its identity from PD first, which may take until {@code patience} is over.
   */
  static StorePart open(Surroundings with, Duration patience) throws IOException {
    KvEngine engine = with.disk.openEngine();
    RaftLogEngine raftLog;
    try {
      raftLog = with.disk.openLog(with.time, with.random);
    } catch (IOException | RuntimeException e) {
      engine.close();
      throw e;
    }
    SnapshotDirectory snapshots = null;
    try {
      snapshots = new SnapshotDirectory(with.directory.snapshots());
      dev.terrane.proto.metapb.Store address = address(with, StoreStarts.before(raftLog) + 1);
      StoreIdentity identity = identity(with, engine, raftLog, address, patience);
      StoreStarts.count(raftLog);
      Store store =
          Store.open(
              identity,
              storeConfig(with),
              new StoreSurroundings(
                  with.time,
                  with.random,
                  engine,
                  raftLog,
                  snapshots,
                  with.transport,
                  with.pd,
                  with.threads.io,
                  with.metrics),
              address);
      return new StorePart(
          engine,
          raftLog,
          snapshots,
          store,
          with.config,
          with.memory,
          with.threads,
          with.time,
          with.metrics,
          with.loop);
    } catch (IOException | RuntimeException e) {
      if (snapshots != null) {
        snapshots.close();
      }
      raftLog.close();
      engine.close();
      throw e;
    }
  }

  private static StoreConfig storeConfig(Surroundings with) {
    // Where each entry of the log is takes about as much heap as the newest entries themselves.
    long logEntriesMax = with.memory.logCacheBytes() / LOG_ENTRY_HEAP_BYTES;
    return StoreConfig.DEFAULT
        .withRequests(StoreConfig.DEFAULT.requests().countMax(), with.memory.requestBytes())
        .withLogBudget(with.disk.logBudgetBytes(), logEntriesMax);
  }

  private static dev.terrane.proto.metapb.Store address(Surroundings with, long starts) {
    var address =
        dev.terrane.proto.metapb.Store.newBuilder()
            .setAddress(with.ports.storeAdvertised().toString())
            .setStatusAddress(with.ports.statusAdvertised().toString())
            .setVersion(VERSION)
            .setStartTimestamp(with.time.wallMillis() / 1000)
            .setDeployPath(with.config.name())
            .setStarts(starts);
    with.config
        .labels()
        .forEach(
            (key, value) -> address.addLabels(StoreLabel.newBuilder().setKey(key).setValue(value)));
    return address.build();
  }

  private static StoreIdentity identity(
      Surroundings with,
      KvEngine engine,
      RaftLogEngine raftLog,
      dev.terrane.proto.metapb.Store address,
      Duration patience)
      throws IOException {
    StoreIdentity stored = StoreIdentity.read(engine, raftLog);
    if (stored != null && with.directory.storeJoined()) {
      with.directory.belongTo(stored.clusterId());
      refuseCopy(
          with,
          address.toBuilder()
              .setId(stored.storeId())
              .setStarts(StoreStarts.before(raftLog))
              .build());
      return stored;
    }
    Joining joining = new Joining(with.loop, with.time, patience);
    long clusterId = joining.clusterId(with.pd);
    with.directory.belongTo(clusterId);
    StoreIdentity identity =
        joining.untilAnswered(
            "PD does not take this store in",
            reply ->
                new StoreBootstrap(
                        engine,
                        raftLog,
                        with.pd,
                        clusterId,
                        address,
                        with.threads.io,
                        with.random,
                        new StoreBootstrap.Done() {
                          @Override
                          public void ready(StoreIdentity identity) {
                            reply.answered(identity);
                          }

                          @Override
                          public void failed(String reason) {
                            reply.failed(reason);
                          }

                          @Override
                          public void refused(StoredFormatException reason) {
                            reply.failed(String.valueOf(reason.getMessage()));
                          }
                        })
                    .run());
    with.directory.storeHasJoined();
    return identity;
  }

  /** A copy of a store's directory, or an older one put back, must not start, if PD can tell. */
  private static void refuseCopy(Surroundings with, dev.terrane.proto.metapb.Store self) {
    String whyNot;
    try {
      whyNot =
          new Joining(with.loop, with.time, CHECK_PATIENCE)
              .untilAnswered(
                  "PD does not say who this store is", reply -> with.pd.whyNot(self, reply));
    } catch (NodeStartException e) {
      log.warn(
          "store {} starts from a directory that knows of {} starts, and nobody could be asked"
              + " whether that is the newest there is ({}). If {} was put back from a copy, stop"
              + " this node now: what the store has acknowledged since may be lost for good if it"
              + " votes. Start it again when PD answers, which knows how often it was started; or"
              + " start with an empty directory, as a new store",
          self.getId(),
          self.getStarts(),
          e.getMessage(),
          with.directory.path());
      return;
    }
    if (!whyNot.isEmpty()) {
      throw new ConfigException(whyNot);
    }
  }

  void startOn(NodeThreads threads) {
    store.onMessage(threads.agents, threads.appliers, threads.logWriters);
    threads.logWriters.add(List.of(store.logWriter()));
    threads.appliers.add(List.of(store.applier()));
    threads.agents.add(List.of(store.loop()));
    threads.agents.add(List.of(new Closing(store)));
  }

  /** Closes the store on the thread that polled it. */
  private record Closing(Store store) implements Agent {
    @Override
    public String name() {
      return "store-closing";
    }

    @Override
    public int poll(TimeSource time) {
      return 0;
    }

    @Override
    public long nextDeadlineNanos() {
      return NO_DEADLINE;
    }

    @Override
    public void onClose() {
      store.close();
    }
  }

  List<BindableService> services() {
    return List.of(tikv, internal, importing);
  }

  TikvService tikv() {
    return tikv;
  }

  Store store() {
    return store;
  }

  ImportSstService importing() {
    return importing;
  }

  Latches latches() {
    return latches;
  }

  KvEngine engine() {
    return engine;
  }

  RaftLogEngine raftLog() {
    return raftLog;
  }

  /** After its agents have been closed. */
  @Override
  public void close() {
    engine.barrier();
    engine.close();
    raftLog.close();
    snapshots.close();
  }
}
