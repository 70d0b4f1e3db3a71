package dev.terrane.pd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.proto.pdpb.TsoRequest;
import dev.terrane.proto.pdpb.TsoResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What members do while nobody asks them for anything, and that they are there when somebody does.
 */
class QuietPdTest {
  @Test
  void aloneNothingTicks() {
    PdCluster cluster = PdCluster.found(1);
    cluster.runFor(Duration.ofSeconds(5));

    int wakeUps = cluster.wakeUpsIn(Duration.ofMinutes(1));

    assertThat(wakeUps)
        .as("a look a second, and a window of timestamps now and then")
        .isLessThan(120);
  }

  @Test
  void aloneTheLeaseHoldsAndTimestampsFollowTheClock() {
    PdCluster cluster = PdCluster.found(2);
    long termBefore = cluster.leaderOrThrow().running().raft().term();
    int _ = cluster.wakeUpsIn(Duration.ofMinutes(10));

    PdCluster.Node leader = cluster.leaderOrThrow();
    PdCluster.Answer<TsoResponse> answer =
        cluster.ask(
            leader,
            TsoRequest.newBuilder().setHeader(cluster.header()).setCount(1).build(),
            Pd::tso);
    int _ = leader.running().poll(leader);

    assertThat(answer.isDone()).as("answered in the very cycle").isTrue();
    assertThat(answer.get().getTimestamp().getPhysical())
        .isBetween(leader.wallMillis() - 2, leader.wallMillis());
    assertThat(leader.running().raft().term()).isEqualTo(termBefore);
  }

  @Test
  void threeFollowTheirLeaderWithFewWakeUps() {
    PdCluster cluster = PdCluster.of(3, 3);
    cluster.runFor(Duration.ofSeconds(5));
    long termBefore = cluster.leaderOrThrow().running().raft().term();

    int wakeUps = cluster.wakeUpsIn(Duration.ofMinutes(1));

    assertThat(wakeUps).as("heartbeats, and windows of timestamps now and then").isLessThan(300);
    assertThat(cluster.leaderOrThrow().running().raft().term()).isEqualTo(termBefore);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void heartbeatsGoWhenTheStoreBesideSendsItsOwn(long seed) {
    PdCluster cluster = PdCluster.of(3, seed);
    cluster.runFor(Duration.ofSeconds(5));
    PdCluster.Node leader = cluster.leaderOrThrow();
    leader.heartbeatsAtNanos.clear();

    cluster.runFor(Duration.ofMinutes(1));

    long interval = TimeUnit.MILLISECONDS.toNanos(100) * PdConfig.RAFT.heartbeatTicks();
    assertThat(leader.heartbeatsAtNanos)
        .hasSizeBetween(149, 151)
        .allSatisfy(at -> assertThat(at % interval).isZero());
  }

  /**
   * What was sent is answered cycles later: nobody's patience may end before that, time after time.
   */
  @ParameterizedTest(name = "cycles of {0} ms")
  @ValueSource(ints = {250, 400, 800, 1500, 3000})
  void membersThatAreLateInEachCycleElectAndStayWithTheirLeader(int cycleMillis) {
    for (int seed = 1; seed <= 4; seed++) {
      PdCluster cluster = PdCluster.of(3, seed);
      PdCluster.Node lost = cluster.leaderOrThrow();
      int late = 0;
      for (PdCluster.Node node : cluster.nodeById.values()) {
        node.cycleNanos = TimeUnit.MILLISECONDS.toNanos(cycleMillis + 37L * late++);
      }
      cluster.crash(lost);

      cluster.runUntil(
          "a leader, seed " + seed,
          Duration.ofMillis(40L * cycleMillis),
          () -> cluster.leader() != null);
      long term = cluster.leaderOrThrow().running().raftStatus().hardState().term();
      cluster.runFor(Duration.ofMillis(20L * cycleMillis));
      assertThat(cluster.leaderOrThrow().running().raftStatus().hardState().term()).isEqualTo(term);
    }
  }
}
