package dev.terrane.e2e;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three processes under load lose their leader in every way there is. {@code -De2e.rounds=50} goes
 * on for longer.
 */
@Timeout(3_600)
class FaultsTest {
  private static final int ROUNDS = Integer.getInteger("e2e.rounds", 1);
  private static final long SOME_WRITES = 200;
  private static final Duration EXIT_PATIENCE = Duration.ofSeconds(30);

  @TempDir Path directory;

  @Test
  void acknowledgedWritesSurviveWhateverHappensToOneNode() throws Exception {
    try (ThreeNodes cluster = ThreeNodes.start(directory)) {
      try (Workload workload = new Workload(cluster.connect())) {
        workload.awaitProgress(SOME_WRITES);
        for (int round = 0; round < ROUNDS; round++) {
          killTheLeader(cluster, workload);
          pauseTheLeader(cluster, workload);
          stopTheLeader(cluster, workload);
        }
        killAll(cluster);
        workload.awaitProgress(SOME_WRITES);
        workload.stopAndCheckEverything();
      } catch (Throwable failure) {
        System.err.println(cluster.output());
        throw failure;
      }
    }
  }

  private static void killTheLeader(ThreeNodes cluster, Workload workload) {
    int leader = cluster.leader();
    cluster.process(leader).kill();
    workload.awaitProgress(SOME_WRITES);
    cluster.start(leader);
    workload.awaitProgress(SOME_WRITES);
  }

  private static void pauseTheLeader(ThreeNodes cluster, Workload workload) {
    int leader = cluster.leader();
    cluster.process(leader).pause();
    workload.awaitProgress(SOME_WRITES);
    cluster.process(leader).resume();
    workload.awaitProgress(SOME_WRITES);
  }

  private static void stopTheLeader(ThreeNodes cluster, Workload workload) {
    int leader = cluster.leader();
    cluster.process(leader).terminate();
    cluster.process(leader).expectExit(0, EXIT_PATIENCE);
    workload.awaitProgress(SOME_WRITES);
    cluster.start(leader);
    workload.awaitProgress(SOME_WRITES);
  }

  private static void killAll(ThreeNodes cluster) {
    for (int node = 0; node < 3; node++) {
      cluster.process(node).kill();
    }
    for (int node = 0; node < 3; node++) {
      cluster.begin(node);
    }
    for (int node = 0; node < 3; node++) {
      cluster.awaitReady(node);
    }
  }
}
