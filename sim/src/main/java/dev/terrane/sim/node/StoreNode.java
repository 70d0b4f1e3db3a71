package dev.terrane.sim.node;

import dev.terrane.engine.EngineException;
import dev.terrane.engine.KvEngine;
import dev.terrane.engine.log.RaftLogEngine;
import dev.terrane.engine.log.SegmentedRaftLog;
import dev.terrane.engine.memory.MemoryEngine;
import dev.terrane.server.net.GrpcChannels;
import dev.terrane.server.net.HostPort;
import dev.terrane.server.pdlink.GrpcPdLink;
import dev.terrane.server.tikv.TikvService;
import dev.terrane.server.traffic.NodeTraffic;
import dev.terrane.server.transport.GrpcStoreTransport;
import dev.terrane.server.transport.InternalService;
import dev.terrane.server.transport.StoreAddresses;
import dev.terrane.sim.world.AgentActor;
import dev.terrane.sim.world.MachineDisk;
import dev.terrane.sim.world.NodeProcess;
import dev.terrane.sim.world.SimulationFailure;
import dev.terrane.store.MetricsSink;
import dev.terrane.store.PdLink;
import dev.terrane.store.Store;
import dev.terrane.store.StoreBootstrap;
import dev.terrane.store.StoreIdentity;
import dev.terrane.store.StoreStarts;
import dev.terrane.store.StoreSurroundings;
import dev.terrane.store.wire.StoredFormatException;
import dev.terrane.txn.latch.Latches;
import dev.terrane.txn.raw.RawCommands;
import dev.terrane.txn.raw.RawLimits;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A store on a machine: takes its identity from PD at its first start, then serves. */
public final class StoreNode {
  private static final long PAUSE_MILLIS = 100;
  private static final long ASKING_NANOS = 1_000_000_000L;
  private static final int LATCH_SLOTS = 256;
  private static final int LATCHED_WAITING_MAX = 1 << 12;
  private static final long TRANSPORT_BYTES_MAX = 16 << 20;

  private final ClusterPlan plan;
  private final NodeProcess process;
  private final GrpcChannels channels;
  private final GrpcPdLink pd;
  private final KvEngine engine;
  private final RaftLogEngine log;
  private final SimDiskExecutor io;
  private final RandomGenerator random;
  private final dev.terrane.proto.metapb.Store address;
  private final NodeTraffic traffic;
  private @Nullable Store store;

  private StoreNode(
      ClusterPlan plan, NodeProcess process, GrpcChannels channels, NodeTraffic traffic) {
    this.traffic = traffic;
    this.plan = plan;
    this.process = process;
    this.channels = channels;
    this.random = process.machine().world().stream("store/" + process.name());
    this.io = new SimDiskExecutor(process);
    this.pd =
        new GrpcPdLink(
            plan.pdSeeds(),
            0,
            channels,
            process.loop(),
            process.machine().clock(),
            instruction -> {
              Store open = store;
              if (open != null) {
                open.onPdInstruction(instruction);
              }
            });
    MachineDisk disk = process.machine().disk();
    this.engine = plan.watch().engine(process, MemoryEngine.open(disk.kv()));
    this.log =
        plan.watch()
            .storeLog(
                process,
                SegmentedRaftLog.open(
                    disk.raftLog(), plan.logOptions(), process.machine().clock(), random));
    this.address =
        dev.terrane.proto.metapb.Store.newBuilder()
            .setAddress(ClusterPlan.storeAddress(process.machine().name()).toString())
            .setVersion("8.5.0")
            .setStartTimestamp(process.machine().clock().wallMillis() / 1000)
            .setStarts(StoreStarts.before(log) + 1)
            .build();
  }

  static StoreNode start(
      ClusterPlan plan, NodeProcess process, GrpcChannels channels, NodeTraffic traffic) {
    StoreNode node = new StoreNode(plan, process, channels, traffic);
    StoreIdentity stored = StoreIdentity.read(node.engine, node.log);
    if (stored != null && process.machine().disk().hasJoined()) {
      node.begin(stored);
    } else {
      node.findCluster();
    }
    return node;
  }

  /** Null until it has become part of the cluster. */
  public @Nullable Store store() {
    return store;
  }

  /** Which of its starts this is. */
  public long starts() {
    return address.getStarts();
  }

  /** What it has in its engine. */
  public KvEngine engine() {
    return engine;
  }

  // ---- the first start

  private void findCluster() {
    pd.clusterId(
        new PdLink.Reply<>() {
          @Override
          public void answered(Long clusterId) {
            bootstrap(clusterId);
          }

          @Override
          public void failed(String reason) {
            process.loop().after(PAUSE_MILLIS, StoreNode.this::findCluster);
          }
        });
  }

  private void bootstrap(long clusterId) {
    new StoreBootstrap(
            engine,
            log,
            pd,
            clusterId,
            address,
            io,
            random,
            new StoreBootstrap.Done() {
              @Override
              public void ready(StoreIdentity identity) {
                process.machine().disk().joined();
                open(identity);
              }

              @Override
              public void failed(String reason) {
                process.loop().after(PAUSE_MILLIS, () -> bootstrap(clusterId));
              }

              @Override
              public void refused(StoredFormatException reason) {
                throw new SimulationFailure("a store is not taken into its own cluster", reason);
              }
            })
        .run();
  }

  // ---- every start

  /**
   * Opens the store at once where its directories are its own: whoever it asked would have nothing
   * against it.
   */
  private void begin(StoreIdentity identity) {
    if (process.machine().disk().origin() == MachineDisk.Origin.OWN) {
      open(identity);
    } else {
      askWhyNot(identity, process.machine().clock().nanoTime() + ASKING_NANOS);
    }
  }

  private void askWhyNot(StoreIdentity identity, long untilNanos) {
    pd.whyNot(
        address.toBuilder().setId(identity.storeId()).setStarts(StoreStarts.before(log)).build(),
        new PdLink.Reply<>() {
          @Override
          public void answered(String whyNot) {
            if (whyNot.isEmpty()) {
              openAlthoughPutBack(identity);
            } else {
              process.machine().giveUp("it is refused: " + whyNot);
            }
          }

          @Override
          public void failed(String reason) {
            if (process.machine().clock().nanoTime() - untilNanos < 0) {
              process.loop().after(PAUSE_MILLIS, () -> askWhyNot(identity, untilNanos));
            } else if (process.machine().disk().origin() == MachineDisk.Origin.OLDER) {
              // As an operator does who reads what a node says then.
              process.machine().giveUp("nobody says whether it may start: " + reason);
            } else {
              openAlthoughPutBack(identity);
            }
          }
        });
  }

  private void openAlthoughPutBack(StoreIdentity identity) {
    if (process.machine().disk().origin() == MachineDisk.Origin.OLDER) {
      throw new SimulationFailure(
          "%s takes part as store %d with an older directory than that had"
              .formatted(process.name(), identity.storeId()));
    }
    open(identity);
  }

  /** A disk without room is no reason to lose anything, but one not to start. */
  private Store recover(StoreIdentity identity, GrpcStoreTransport transport) {
    try {
      StoreStarts.count(log);
      return Store.open(
          identity,
          plan.storeConfig(),
          new StoreSurroundings(
              process.machine().clock(),
              random,
              engine,
              log,
              process.machine().disk().files(),
              transport,
              pd,
              io,
              MetricsSink.NONE),
          address);
    } catch (EngineException e) {
      if (e.retryable()) {
        process.machine().giveUp("it cannot start: " + e.getMessage());
      }
      throw e;
    }
  }

  private void open(StoreIdentity identity) {
    GrpcStoreTransport transport =
        new GrpcStoreTransport(
            new StoreAddresses(pd),
            channels,
            process.loop(),
            new SimReadPool(process),
            TRANSPORT_BYTES_MAX);
    Store opened = recover(identity, transport);
    store = opened;
    RawCommands commands =
        new RawCommands(
            plan.watch().storage(process, opened),
            plan.apiVersion(),
            RawLimits.DEFAULT.withAnswerBytesMax(plan.trafficBytes() / 2),
            new Latches(LATCH_SLOTS, LATCHED_WAITING_MAX),
            new SimReadPool(process),
            process.machine().clock(),
            failure -> {
              if (!(failure instanceof EngineException world && world.retryable())) {
                throw new SimulationFailure("a read failed on " + process.name(), failure);
              }
            });
    runAgents(opened);
    HostPort listening = ClusterPlan.storeAddress(process.machine().name());
    plan.network()
        .listen(
            process,
            listening,
            traffic,
            List.of(
                new TikvService(identity.clusterId(), identity.storeId(), commands, process.loop()),
                new InternalService(opened, identity, process.loop())));
  }

  private void runAgents(Store opened) {
    AgentActor logWriter = process.poll(opened.logWriter(), process.machine().disk()::delayNanos);
    List<AgentActor> actors =
        opened.agents().stream()
            .map(agent -> process.poll(agent, () -> process.draw(2_000, 60_000)))
            .toList();
    opened.onMessage(actors.getFirst(), actors.getLast(), logWriter);
    logWriter.wake();
    actors.forEach(AgentActor::wake);
  }
}
