package dev.terrane.sim.cluster;

import dev.terrane.sim.node.ServerNode;
import dev.terrane.sim.world.World;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A Region of stores that have met serves clients who know it, whatever becomes of PD. */
class WithoutPdTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** An election after at most one timeout, and a client's longest pause. */
  private static final Duration ELECTION_MAX = Duration.ofSeconds(2);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void aLeaderIsElectedAndFoundWhilePdIsAway(long seed) {
    Cluster cluster = new Cluster(new World(seed), Parameters.calm(seed).withCluster(3, 1, true));
    cluster.nodes().forEach(ServerNode::start);
    cluster.await("three voters", MINUTE, () -> cluster.voters() == 3);
    Workload workload = new Workload(cluster);
    List<Worker> workers = workload.workers();
    put(cluster, workers, MINUTE);
    cluster.runFor(Duration.ofSeconds(5)); // as long as it takes to ask where the others are

    cluster.nodes().stream()
        .filter(ServerNode::isPd)
        .forEach(node -> node.machine().kill("PD goes away"));
    Objects.requireNonNull(cluster.leader()).machine().kill("the leader, too");

    put(cluster, workers, ELECTION_MAX);
  }

  /** Every worker gets through; a put that was under way to the leader that fell is put again. */
  private static void put(Cluster cluster, List<Worker> workers, Duration atMost) {
    workers.forEach(Worker::putOnce);
    cluster.await(
        "every worker gets through",
        atMost,
        () -> {
          workers.stream()
              .filter(worker -> !worker.isBusy() && !worker.lastSucceeded())
              .forEach(Worker::putOnce);
          return workers.stream().allMatch(worker -> !worker.isBusy() && worker.lastSucceeded());
        });
  }
}
