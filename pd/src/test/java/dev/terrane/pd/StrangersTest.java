package dev.terrane.pd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.terrane.pd.PdCluster.Node;
import dev.terrane.proto.metapb.Region;
import dev.terrane.proto.metapb.RegionEpoch;
import dev.terrane.proto.terranepd.PdRaftBatch;
import dev.terrane.proto.terranepd.PdRaftMessage;
import dev.terrane.proto.terranepd.RegionRecord;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Whoever reaches the port may say anything; only who is found where a member is, is believed. */
class StrangersTest {
  private static final long STRANGER = 999;

  private static PdRaftBatch.Builder forged(PdCluster cluster, long from) {
    return PdRaftBatch.newBuilder()
        .setClusterId(cluster.clusterId())
        .setFromMemberId(from)
        .setFromIncarnation(1)
        .setToIncarnation(2);
  }

  /** As {@code from} would send it to {@code to}, knowing what it has been told. */
  private static PdRaftBatch.Builder proven(PdCluster cluster, Node from, Node to) {
    return forged(cluster, from.memberId)
        .setFromIncarnation(from.running().raft().mail().contacts().ours(to.memberId))
        .setToIncarnation(to.running().raft().mail().contacts().ours(from.memberId));
  }

  private static PdRaftMessage staleTerm(long from, long to, long term) {
    return PdRaftMessage.newBuilder()
        .setFrom(from)
        .setTo(to)
        .setTerm(term)
        .setStaleTerm(PdRaftMessage.StaleTerm.getDefaultInstance())
        .build();
  }

  @Test
  void noTermIsEnteredAtAStrangersWord() {
    PdCluster cluster = PdCluster.of(3, 1);
    Node leader = cluster.leaderOrThrow();
    long term = leader.running().raft().term();
    for (Node node : cluster.nodeById.values()) {
      for (Node named : cluster.nodeById.values()) {
        for (long from : new long[] {named.memberId, STRANGER}) {
          node.pd()
              .raft(
                  forged(cluster, from)
                      .addMessages(staleTerm(from, node.memberId, 1L << 34))
                      .build(),
                  () -> {});
        }
      }
    }
    cluster.runFor(Duration.ofSeconds(3));

    assertThat(cluster.leaderOrThrow()).isEqualTo(leader);
    assertThat(leader.running().raft().term()).isEqualTo(term);
  }

  @Test
  void norOneThatNoElectionsLeadToAtAMembers() {
    PdCluster cluster = PdCluster.of(3, 2);
    Node leader = cluster.leaderOrThrow();
    long term = leader.running().raft().term();
    Node other =
        cluster.nodeById.values().stream().filter(node -> node != leader).findFirst().orElseThrow();
    for (long absurd : new long[] {Long.MAX_VALUE, Long.MIN_VALUE, -1}) {
      leader
          .pd()
          .raft(
              proven(cluster, other, leader)
                  .addMessages(staleTerm(other.memberId, leader.memberId, absurd))
                  .build(),
              () -> {});
    }
    cluster.runFor(Duration.ofSeconds(3));

    assertThat(cluster.leaderOrThrow().running().raft().term()).isEqualTo(term);
  }

  @Test
  void norDoesOneMemberSpeakForAnother() {
    PdCluster cluster = PdCluster.of(3, 3);
    Node leader = cluster.leaderOrThrow();
    long term = leader.running().raft().term();
    Node other =
        cluster.nodeById.values().stream().filter(node -> node != leader).findFirst().orElseThrow();
    leader
        .pd()
        .raft(
            proven(cluster, other, leader)
                .addMessages(staleTerm(STRANGER, leader.memberId, term + 5))
                .build(),
            () -> {});
    cluster.runFor(Duration.ofSeconds(3));

    assertThat(cluster.leaderOrThrow().running().raft().term()).isEqualTo(term);
  }

  @Test
  void strangersTellNothingOfRegions() {
    PdCluster cluster = PdCluster.of(3, 4);
    for (Node node : cluster.nodeById.values()) {
      node.pd()
          .raft(
              forged(cluster, STRANGER)
                  .addRegions(
                      RegionRecord.newBuilder()
                          .setRegion(
                              Region.newBuilder()
                                  .setId(5)
                                  .setStartKey(ByteString.EMPTY)
                                  .setRegionEpoch(
                                      RegionEpoch.newBuilder()
                                          .setConfVer(1 << 20)
                                          .setVersion(1 << 20))))
                  .build(),
              () -> {});
    }
    cluster.runFor(Duration.ofSeconds(1));

    for (Node node : cluster.nodeById.values()) {
      assertThat(node.running().regions().size()).isZero();
    }
  }
}
