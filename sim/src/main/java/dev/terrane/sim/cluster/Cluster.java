package dev.terrane.sim.cluster;

import dev.terrane.common.region.PeerRole;
import dev.terrane.common.region.Region;
import dev.terrane.engine.log.RaftLogOptions;
import dev.terrane.pd.state.ClusterState;
import dev.terrane.raft.RaftConfig;
import dev.terrane.sim.invariant.Invariants;
import dev.terrane.sim.net.SimNetwork;
import dev.terrane.sim.node.ClusterPlan;
import dev.terrane.sim.node.ServerNode;
import dev.terrane.sim.node.StoreNode;
import dev.terrane.sim.world.Machine;
import dev.terrane.sim.world.SimulationFailure;
import dev.terrane.sim.world.World;
import dev.terrane.store.Store;
import dev.terrane.store.StoreConfig;
import dev.terrane.store.StoreStatus;
import dev.terrane.txn.raw.ApiVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The machines of a run, and what is known of them from outside. */
public final class Cluster {
  /** So little that a few of the filler's values are at the bound. */
  private static final long SMALL_MEMORY_BYTES = 64 << 10;

  private static final long STORE_DOWN_MILLIS = 15_000;
  private static final long PD_DOWN_MILLIS = 10_000;

  /** Little enough that a few clients who do not read fill it. */
  private static final long TRAFFIC_BYTES = 2 << 20;

  private static final long LOOK_NANOS = 20_000_000;

  private final World world;
  private final Parameters parameters;
  private final Invariants invariants;
  private final SimNetwork network;
  private final ClusterPlan plan;
  private final RandomGenerator chance;
  private final List<ServerNode> nodes = new ArrayList<>();

  Cluster(World world, Parameters parameters) {
    this.world = world;
    this.parameters = parameters;
    this.chance = world.stream("cluster");
    this.invariants = new Invariants(world);
    this.network = new SimNetwork(world, invariants);
    List<String> pdMachines = new ArrayList<>();
    for (int i = 1; i <= parameters.pds(); i++) {
      pdMachines.add((parameters.apart() ? "pd" : "n") + i);
    }
    this.plan =
        new ClusterPlan(
            network,
            invariants,
            pdMachines.getFirst(),
            pdMachines,
            ClusterState.DEFAULT_RULES.toBuilder()
                .setStoreDownMaxMillis(STORE_DOWN_MILLIS)
                .setPdMemberDownMaxMillis(PD_DOWN_MILLIS)
                .build(),
            storeConfig(),
            logOptions(),
            ApiVersion.V1,
            TRAFFIC_BYTES);
    for (String machine : pdMachines) {
      if (parameters.apart()) {
        nodes.add(new ServerNode(plan, machine(machine), true, false));
      }
    }
    for (int i = 1; i <= parameters.stores(); i++) {
      addStore();
    }
  }

  /** Snapshots of more than a few keys go into files, and come in several chunks. */
  private StoreConfig storeConfig() {
    long bytesPerSecond = parameters.slowSnapshots() ? 8 << 10 : 1 << 20;
    StoreConfig config = StoreConfig.DEFAULT.withSnapshots(128, 64, bytesPerSecond);
    if (parameters.smallLog()) {
      config = config.withLog(4 << 10, 16 << 10);
    }
    return parameters.smallMessages()
        ? config
            .withRaft(oneEntryAtATime(), config.tick())
            .withRequests(config.requests().countMax(), SMALL_MEMORY_BYTES)
        : config;
  }

  /** With a small log, most of what a follower has missed must be read from the disk. */
  private RaftLogOptions logOptions() {
    RaftLogOptions usual = RaftLogOptions.SMALL;
    return parameters.smallLog()
        ? new RaftLogOptions(
            usual.segmentBytes(),
            usual.totalBytesTarget(),
            1 << 10,
            usual.mergedBytesMax(),
            usual.upkeepBytesMax())
        : usual;
  }

  private static RaftConfig oneEntryAtATime() {
    RaftConfig usual = RaftConfig.DEFAULT;
    return new RaftConfig(
        usual.electionTicksMin(),
        usual.electionTicksMax(),
        usual.heartbeatTicks(),
        usual.preVote(),
        usual.checkQuorum(),
        usual.appendBytesMax(),
        1,
        8,
        usual.inflightBytesMax(),
        usual.uncommittedBytesMax(),
        512,
        usual.applyingBytesMax(),
        usual.pendingReadsMax());
  }

  Machine machine(String name) {
    long most = parameters.driftPpmMax();
    return new Machine(world, name, chance.nextLong(-most, most + 1));
  }

  /** A machine that takes the place of {@code gone}, with an empty disk. */
  Machine successor(Machine gone) {
    long most = parameters.driftPpmMax();
    return gone.successor(chance.nextLong(-most, most + 1));
  }

  /** One more machine with a store, which is still down. */
  ServerNode addStore() {
    int number = (int) nodes.stream().filter(ServerNode::isStore).count() + 1;
    return addStore(machine("n" + number));
  }

  /** A store on {@code machine}, which is still down. */
  ServerNode addStore(Machine machine) {
    boolean isPd = plan.pdMachines().contains(machine.name());
    ServerNode node = new ServerNode(plan, machine, isPd, true);
    nodes.add(node);
    return node;
  }

  World world() {
    return world;
  }

  Parameters parameters() {
    return parameters;
  }

  public Invariants invariants() {
    return invariants;
  }

  SimNetwork network() {
    return network;
  }

  ClusterPlan plan() {
    return plan;
  }

  List<ServerNode> nodes() {
    return nodes;
  }

  // ---- time

  void runFor(Duration duration) {
    world.runUntil(world.nowNanos() + duration.toNanos());
  }

  /** Runs until {@code condition} holds, which must be soon enough. */
  void await(String what, Duration atMost, BooleanSupplier condition) {
    await(what, atMost, () -> condition.getAsBoolean() ? "" : "it does not hold");
  }

  /** Runs until nothing is in the way: {@code obstacle} tells what is, in words, or is empty. */
  void await(String what, Duration atMost, Supplier<String> obstacle) {
    long end = world.nowNanos() + atMost.toNanos();
    for (String inTheWay = obstacle.get(); !inTheWay.isEmpty(); inTheWay = obstacle.get()) {
      if (world.nowNanos() >= end) {
        throw new SimulationFailure("not within " + atMost + ": " + what + "; " + inTheWay);
      }
      world.runUntil(Math.min(end, world.nowNanos() + LOOK_NANOS));
    }
  }

  // ---- the Region

  /**
   * The one Region by the newest membership that was applied anywhere; null before there is one.
   */
  public @Nullable Region region() {
    for (ServerNode node : nodes) {
      StoreNode store = node.store();
      Store open = store == null ? null : store.store();
      if (open != null) {
        for (StoreStatus.RegionStatus status : open.status().regions()) {
          return invariants.newest(status.regionId());
        }
      }
    }
    return null;
  }

  /** The node that leads in the highest term, if any does. */
  public @Nullable ServerNode leader() {
    ServerNode best = null;
    long bestTerm = 0;
    for (ServerNode node : nodes) {
      for (StoreStatus.RegionStatus status : statuses(node)) {
        if (status.leads() && status.term() > bestTerm) {
          best = node;
          bestTerm = status.term();
        }
      }
    }
    return best;
  }

  static List<StoreStatus.RegionStatus> statuses(ServerNode node) {
    StoreNode store = node.store();
    Store open = store == null ? null : store.store();
    return open == null ? List.of() : open.status().regions();
  }

  /** Whether the peer on {@code node} has data, or is about to. */
  static boolean hasData(ServerNode node, long regionId) {
    return statuses(node).stream()
        .anyMatch(status -> status.regionId() == regionId && !status.data().equals("none"));
  }

  /** The node on which store {@code storeId} is; null while it is down. */
  @Nullable ServerNode nodeOf(long storeId) {
    for (ServerNode node : nodes) {
      StoreNode store = node.store();
      Store open = store == null ? null : store.store();
      if (open != null && open.identity().storeId() == storeId) {
        return node;
      }
    }
    return null;
  }

  /** The nodes, as far as they are up, of the other voters than the one on {@code node}. */
  List<ServerNode> votersBeside(ServerNode node) {
    List<ServerNode> others = new ArrayList<>();
    Region region = region();
    if (region != null) {
      for (var peer : region.peers()) {
        ServerNode other = peer.role() == PeerRole.VOTER ? nodeOf(peer.storeId()) : null;
        if (other != null && other != node) {
          others.add(other);
        }
      }
    }
    return others;
  }

  /** The term of the Region's peer on {@code node} as that sees it; 0 if it has none. */
  static long term(ServerNode node) {
    return statuses(node).stream().mapToLong(StoreStatus.RegionStatus::term).max().orElse(0);
  }

  /** How many voters the Region has; 0 while its membership is joint or unknown. */
  int voters() {
    Region region = region();
    if (region == null) {
      return 0;
    }
    int voters = 0;
    for (var peer : region.peers()) {
      switch (peer.role()) {
        case VOTER -> voters++;
        case LEARNER -> {}
        case INCOMING_VOTER, DEMOTING_VOTER -> {
          return 0;
        }
      }
    }
    return voters;
  }
}
