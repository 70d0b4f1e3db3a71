package dev.terrane.pd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.pd.PdCluster.Answer;
import dev.terrane.pd.PdCluster.Node;
import dev.terrane.proto.pdpb.AllocIDRequest;
import dev.terrane.proto.pdpb.RequestHeader;
import dev.terrane.proto.pdpb.TsoRequest;
import dev.terrane.proto.pdpb.TsoResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Timestamps and ids of whole members, through crashes, elections and clocks that jump. */
class TimestampServiceTest {
  private static long asLong(TsoResponse response) {
    return (response.getTimestamp().getPhysical() << 18) | response.getTimestamp().getLogical();
  }

  private static TsoRequest tso(PdCluster cluster, int count) {
    return TsoRequest.newBuilder().setHeader(cluster.header()).setCount(count).build();
  }

  private static long timestamp(PdCluster cluster) {
    return asLong(cluster.onLeader(tso(cluster, 1), Pd::tso));
  }

  @Test
  void echoesTheCountAndAnswersTheLargestOfTheBatch() {
    PdCluster cluster = PdCluster.found(1);
    TsoResponse first = cluster.onLeader(tso(cluster, 1), Pd::tso);
    TsoResponse batch = cluster.onLeader(tso(cluster, 1000), Pd::tso);
    assertThat(batch.getCount()).isEqualTo(1000);
    assertThat(batch.getTimestamp().getSuffixBits()).isZero();
    assertThat(batch.getHeader().getClusterId()).isEqualTo(cluster.clusterId());
    assertThat(asLong(batch) - 1000 + 1).isGreaterThan(asLong(first));
  }

  @Test
  void answersInTheOrderOfTheCalls() {
    PdCluster cluster = PdCluster.found(1);
    Node node = cluster.leaderOrThrow();
    List<Answer<TsoResponse>> answers = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      answers.add(cluster.ask(node, tso(cluster, 1 + i % 7), Pd::tso));
    }
    cluster.step();
    long last = 0;
    for (Answer<TsoResponse> answer : answers) {
      long first = asLong(answer.get()) - answer.get().getCount() + 1;
      assertThat(first).isGreaterThan(last);
      last = asLong(answer.get());
    }
  }

  @Test
  void refusesBatchesThatNoMillisecondHolds() {
    PdCluster cluster = PdCluster.found(1);
    for (int count : new int[] {0, 1 << 18, -1}) {
      Answer<TsoResponse> answer =
          cluster.ask(cluster.leaderOrThrow(), tso(cluster, count), Pd::tso);
      cluster.step();
      assertThat(answer.refusal).isInstanceOf(PdRefusal.Invalid.class);
    }
  }

  @Test
  void refusesAnotherClustersCallsByName() {
    PdCluster cluster = PdCluster.found(1);
    TsoRequest foreign =
        TsoRequest.newBuilder()
            .setHeader(RequestHeader.newBuilder().setClusterId(77))
            .setCount(1)
            .build();
    Answer<TsoResponse> answer = cluster.ask(cluster.leaderOrThrow(), foreign, Pd::tso);
    cluster.step();
    assertThat(answer.refusal).isNotNull();
    assertThat(answer.refusal == null ? "" : answer.refusal.text())
        .isEqualTo("mismatch cluster id, need " + cluster.clusterId() + " but got 77");
  }

  @Test
  void followersSayThatTheyDoNotLeadAndWhoDoes() {
    PdCluster cluster = PdCluster.of(3, 2);
    Node leader = cluster.leaderOrThrow();
    for (Node node : cluster.nodeById.values()) {
      if (node != leader) {
        Answer<TsoResponse> answer = cluster.ask(node, tso(cluster, 1), Pd::tso);
        cluster.step();
        assertThat(answer.refusal)
            .isEqualTo(new PdRefusal.NotLeader("http://" + leader.name + ":2379"));
      }
    }
  }

  @Test
  void increasesAcrossRestartsOfALoneMemberWhoseClockGoesBack() {
    PdCluster cluster = PdCluster.found(3);
    Node node = cluster.leaderOrThrow();
    long last = 0;
    for (int life = 0; life < 5; life++) {
      for (int i = 0; i < 20; i++) {
        long next = timestamp(cluster);
        assertThat(next).isGreaterThan(last);
        last = next;
      }
      cluster.crash(node);
      node.wallOffsetMillis -= 3_600_000;
      cluster.restart(node);
    }
  }

  @Test
  void followsTheClockAndNeverWaitsForAWindow() {
    PdCluster cluster = PdCluster.found(4);
    Node node = cluster.leaderOrThrow();
    for (int i = 0; i < 3000; i++) {
      Answer<TsoResponse> answer = cluster.ask(node, tso(cluster, 10), Pd::tso);
      cluster.step();
      long behind = node.wallMillis() - answer.get().getTimestamp().getPhysical();
      assertThat(behind).as("step %d", i).isBetween(0L, 100L);
    }
  }

  @Test
  void aDeposedLeaderAnswersNothing() {
    PdCluster cluster = PdCluster.of(3, 5);
    Node old = cluster.leaderOrThrow();
    old.cut = true;
    cluster.runUntil("another leader", () -> cluster.leader() != null);
    long fromNew = timestamp(cluster);
    Answer<TsoResponse> answer = cluster.ask(old, tso(cluster, 1), Pd::tso);
    cluster.runUntil("a refusal", answer::isDone);
    assertThat(answer.value).isNull();
    old.cut = false;
    cluster.runFor(Duration.ofSeconds(3));
    assertThat(timestamp(cluster)).isGreaterThan(fromNew);
  }

  /**
   * Clients at every member all the time, while members crash, are cut off and get other clocks.
   * What is answered later is greater, whoever answered; ids are never given twice.
   */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void increasesAcrossLeaders(long seed) {
    PdCluster cluster = PdCluster.of(seed % 2 == 0 ? 3 : 5, seed);
    Random random = cluster.random();
    long lastAnswered = 0;
    int answered = 0;
    Set<Long> ids = new HashSet<>();
    List<Answer<TsoResponse>> open = new ArrayList<>();
    List<Answer<Long>> openIds = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      disturb(cluster, random);
      for (Node node : cluster.nodeById.values()) {
        if (node.member != null) {
          open.add(cluster.ask(node, tso(cluster, 1 + random.nextInt(50)), Pd::tso));
          openIds.add(allocate(cluster, node));
        }
      }
      cluster.step();
      // All of these were asked after every earlier answer was given.
      for (Answer<TsoResponse> answer : open) {
        if (answer.value != null) {
          long first = asLong(answer.value) - answer.value.getCount() + 1;
          assertThat(first).as("seed %d step %d", seed, i).isGreaterThan(lastAnswered);
        }
      }
      for (Answer<TsoResponse> answer : open) {
        if (answer.value != null) {
          lastAnswered = Math.max(lastAnswered, asLong(answer.value));
          answered++;
        }
      }
      open.clear();
      for (Answer<Long> answer : openIds) {
        if (answer.value != null) {
          assertThat(ids.add(answer.value)).as("id %d, seed %d", answer.value, seed).isTrue();
        }
      }
      openIds.clear();
    }
    assertThat(answered).isGreaterThan(300);
    assertThat(ids).hasSizeGreaterThan(300);
  }

  private static Answer<Long> allocate(PdCluster cluster, Node node) {
    Answer<Long> id = new Answer<>();
    AllocIDRequest request = AllocIDRequest.newBuilder().setHeader(cluster.header()).build();
    node.pd()
        .allocId(
            request,
            new PdReply<>() {
              @Override
              public void answer(dev.terrane.proto.pdpb.AllocIDResponse response) {
                id.answer(response.getId());
              }

              @Override
              public void refuse(PdRefusal refusal) {
                id.refuse(refusal);
              }
            });
    return id;
  }

  /** At most a minority is away at a time. */
  private static void disturb(PdCluster cluster, Random random) {
    List<Node> nodes = List.copyOf(cluster.nodeById.values());
    long away = nodes.stream().filter(node -> node.cut || node.member == null).count();
    Node node = nodes.get(random.nextInt(nodes.size()));
    switch (random.nextInt(60)) {
      case 0 -> {
        if (node.member != null && !node.cut && away < (nodes.size() - 1) / 2) {
          cluster.crash(node);
        }
      }
      case 1 -> {
        if (node.member != null && !node.cut && away < (nodes.size() - 1) / 2) {
          node.cut = true;
        }
      }
      case 2 -> node.wallOffsetMillis += random.nextInt(20_000) - 10_000;
      case 3, 4, 5 -> {
        if (node.member == null) {
          cluster.restart(node);
        }
        node.cut = false;
      }
      default -> {}
    }
  }
}
