package dev.terrane.sim.cluster;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.Cursor;
import dev.terrane.engine.KvEngine;
import dev.terrane.server.traffic.NodeTraffic;
import dev.terrane.sim.check.LinearizabilityChecker;
import dev.terrane.sim.check.LinearizabilityChecker.Verdict;
import dev.terrane.sim.node.ServerNode;
import dev.terrane.sim.node.StoreNode;
import dev.terrane.sim.world.SimulationFailure;
import dev.terrane.sim.world.World;
import dev.terrane.store.StoreStatus;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** One run of one cluster, from nothing to its verdict. */
public final class Simulation {
  private static final int LINES_SHOWN = 600;
  private static final Duration BOOT_MAX = Duration.ofSeconds(90);
  private static final Duration LIVENESS_MAX = Duration.ofMinutes(2);
  private static final int PD_VOTERS_MAX = 3;
  private static final long MILLI = 1_000_000;

  private final Parameters parameters;
  private final World world;
  private final Cluster cluster;
  private final RandomGenerator attacks;

  private Simulation(Parameters parameters) {
    this.parameters = parameters;
    this.world = new World(parameters.seed());
    this.cluster = new Cluster(world, parameters);
    this.attacks = world.stream("attacks");
  }

  /** The parameters that a seed stands for. */
  public static Parameters drawn(long seed) {
    return Parameters.swarm(seed, new SplittableRandom(seed));
  }

  /**
   * Runs a cluster.
   *
   * @throws FailedRun if it broke a promise
   */
  public static Report run(Parameters parameters) {
    Simulation simulation = new Simulation(parameters);
    try {
      return simulation.run();
    } catch (RuntimeException | Error failure) {
      throw new FailedRun(parameters, failure, simulation.world.trace().newest(LINES_SHOWN));
    }
  }

  private Report run() {
    boot();
    Workload workload = new Workload(cluster);
    Faults faults = new Faults(cluster, workload.followerReads());
    workload.begin();
    planAttack(faults);
    cluster.runFor(Duration.ofSeconds(parameters.safetySeconds()));
    faults.endAll();
    recover(workload);
    checkHistory(workload);
    return new Report(
        parameters,
        world.trace().digest(),
        world.eventsRun(),
        world.nowNanos() / 1e9,
        workload.succeeded(),
        workload.failed(),
        cluster.invariants().leaseReads(),
        cluster.invariants().timestamps());
  }

  private void boot() {
    List<ServerNode> nodes = cluster.nodes();
    nodes.getFirst().start();
    for (ServerNode node : nodes.subList(1, nodes.size())) {
      world.after(attacks.nextLong(1, 2_000) * MILLI, node::start);
    }
    cluster.await("three voters", BOOT_MAX, () -> cluster.voters() == 3);
  }

  private void planAttack(Faults faults) {
    if (parameters.attacks().isEmpty()) {
      return;
    }
    world.after(
        attacks.nextLong(1, 2 * parameters.attackMillis()) * MILLI,
        () -> {
          if (!faults.isOver()) {
            int which = attacks.nextInt(parameters.attacks().size());
            parameters.attacks().get(which).strike(faults, attacks);
            planAttack(faults);
          }
        });
  }

  // ---- liveness

  private void recover(Workload workload) {
    workload.stop();
    cluster.await("clients' operations end", LIVENESS_MAX, workload::isIdle);
    cluster.await(
        "every client gets through",
        LIVENESS_MAX,
        () -> {
          boolean all = true;
          for (Worker worker : workload.workers()) {
            if (!worker.isBusy() && !worker.lastSucceeded()) {
              worker.putOnce();
            }
            all &= !worker.isBusy() && worker.lastSucceeded();
          }
          return all;
        });
    cluster.await("three voters again", LIVENESS_MAX, () -> cluster.voters() == 3);
    cluster.await(
        "PD's members vote, as many as are wanted",
        LIVENESS_MAX,
        () -> cluster.invariants().pdVoters() == Math.min(PD_VOTERS_MAX, parameters.pds()));
    cluster.await("equal replicas at rest", LIVENESS_MAX, this::unrest);
    cluster.await("calls have given back what they held", LIVENESS_MAX, this::whatCallsHold);
  }

  /** Which member has not applied all there is; empty once all have, and hold the same. */
  private String unrest() {
    Region region = cluster.region();
    if (region == null) {
      return "no store has the Region";
    }
    long committed = cluster.invariants().committed(region.id());
    long expected = 0;
    boolean first = true;
    for (Peer peer : region.peers()) {
      ServerNode node = cluster.nodeOf(peer.storeId());
      StoreNode store = node == null ? null : node.store();
      if (node == null || store == null) {
        return "store " + peer.storeId() + " of " + region + " is not there";
      }
      String status = statusOf(node, region);
      if (!status.equals("readable at " + committed)) {
        return node.machine().name() + " is " + status + " of " + committed + " in " + region;
      }
      long content = content(store.engine());
      if (first) {
        expected = content;
        first = false;
      } else if (content != expected) {
        throw new SimulationFailure(
            "%s holds other data than its fellows after the same entries"
                .formatted(node.machine().name()));
      }
    }
    return held();
  }

  /** Who still holds something for a snapshot, though none is on its way; empty if nobody does. */
  private String held() {
    for (ServerNode node : cluster.nodes()) {
      StoreNode store = node.store();
      if (store != null && store.store() != null) {
        long open = store.engine().statistics().snapshots();
        int files = node.machine().disk().files().names().size();
        if (open + files > 0) {
          return "%s holds %d engine snapshots and %d received files"
              .formatted(node.machine().name(), open, files);
        }
      }
    }
    return "";
  }

  /** Which node still counts something for calls that have nothing to say; empty once none does. */
  private String whatCallsHold() {
    for (ServerNode node : cluster.nodes()) {
      NodeTraffic traffic = node.traffic();
      long taken = traffic == null ? 0 : traffic.budget().taken();
      if (traffic != null && taken != traffic.idleBytes()) {
        return node.machine().name()
            + " holds "
            + taken
            + " bytes for "
            + traffic.openCalls()
            + " calls, which take "
            + traffic.idleBytes();
      }
    }
    return "";
  }

  private static String statusOf(ServerNode node, Region region) {
    for (StoreStatus.RegionStatus status : Cluster.statuses(node)) {
      if (status.regionId() == region.id()) {
        return status.data() + " at " + status.applied();
      }
    }
    return "without it";
  }

  private static long content(KvEngine engine) {
    long sum = 0;
    for (ColumnFamily family : ColumnFamily.DATA) {
      try (Cursor cursor = engine.cursor(family, KeyRange.ALL)) {
        for (boolean found = cursor.seek(Bytes.EMPTY); found; found = cursor.next()) {
          sum = sum * 31 + cursor.key().hashCode() * 17L + cursor.value().hashCode();
        }
      }
    }
    return sum;
  }

  // ---- the verdict

  private static void checkHistory(Workload workload) {
    switch (LinearizabilityChecker.check(workload.history().history())) {
      case Verdict.Linearizable ok -> {}
      case Verdict.Violation violation ->
          throw new SimulationFailure(
              "key " + violation.key() + " is not linearizable:\n" + violation.account());
      case Verdict.Undecided undecided ->
          throw new SimulationFailure(
              "nobody can tell for key " + undecided.key() + ": " + undecided.account());
    }
  }
}
