package dev.terrane.pd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionEpoch;
import dev.terrane.pd.PdCluster.Node;
import dev.terrane.pd.region.RegionInfo;
import dev.terrane.pd.state.ClusterState;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.pdpb.RegionHeartbeatRequest;
import dev.terrane.proto.pdpb.RegionHeartbeatResponse;
import dev.terrane.proto.terranepd.ChangeRulesRequest;
import dev.terrane.proto.terranepd.RulesChange;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What PD does for Regions of which nothing is due. */
class ManyRegionsTest {
  private static final int REGIONS = 20_000;

  private final PdCluster cluster =
      PdCluster.found(1, ClusterState.DEFAULT_RULES.toBuilder().setReplicasMax(1).build());
  private final FakeStores stores = FakeStores.bootstrap(cluster);

  /** Beside the one that {@link FakeStores} reports, all led by its store. */
  private void fill(Node leader, long term) {
    for (int i = 1; i <= REGIONS; i++) {
      Bytes start = Bytes.ofUtf8("r%06d".formatted(i));
      Bytes end = i == REGIONS ? Bytes.EMPTY : Bytes.ofUtf8("r%06d".formatted(i + 1));
      Peer peer = Peer.voter(1_000_000 + i, 1);
      leader
          .running()
          .regions()
          .put(
              new RegionInfo(
                  new Region(
                      100_000 + i,
                      new KeyRange(start, end),
                      new RegionEpoch(1, 100),
                      List.of(peer)),
                  peer,
                  1,
                  List.of(),
                  List.of(),
                  0,
                  0,
                  term));
    }
  }

  @Test
  void nobodyWalksWhileNothingChangesAndEachIsLookedAtWhenARuleDoes() {
    Node leader = cluster.leaderOrThrow();
    fill(leader, leader.running().raft().term());
    cluster.runFor(Duration.ofMinutes(1)); // the walk that its beginning is owed
    long before = leader.running().looks();
    cluster.runFor(Duration.ofMinutes(1));
    assertThat(leader.running().looks() - before)
        .as("looks at %d Regions of which one reports", REGIONS)
        .isLessThan(1_000);

    before = leader.running().looks();
    cluster.onLeader(
        ChangeRulesRequest.newBuilder()
            .setHeader(cluster.header())
            .setChange(RulesChange.newBuilder().setStoreDownMaxMillis(1_000_000))
            .build(),
        Pd::changeRules);
    cluster.runFor(Duration.ofSeconds(40));
    assertThat(leader.running().looks() - before).isBetween((long) REGIONS, 2L * REGIONS);
    assertThat(stores.shape()).isNotEmpty();
  }

  /** All of them, not the first few thousand; no write is large; what changes is written alone. */
  @Test
  void aMemberKnowsEachRegionAgainWhenItStarts() {
    Node leader = cluster.leaderOrThrow();
    fill(leader, leader.running().raft().term());
    leader
        .running()
        .regions()
        .currentFrom(Bytes.EMPTY, Integer.MAX_VALUE)
        .forEach(leader.running().keeper()::changed);
    cluster.runFor(Duration.ofMinutes(2));
    assertThat(leader.disk.regionBytesMax).as("bytes in one write").isLessThan(300 << 10);

    leader.disk.regionBytesMax = 0;
    RegionInfo some = Objects.requireNonNull(leader.running().regions().byId(100_000 + 17));
    leader.running().keeper().changed(some);
    cluster.runFor(Duration.ofSeconds(10));
    assertThat(leader.disk.regionBytesMax).isBetween(1, 30_000);

    stores.kill(1);
    cluster.crash(leader);
    cluster.restart(leader);
    assertThat(leader.running().regions().size()).isEqualTo(REGIONS);
    assertThat(leader.running().regions().find(Bytes.ofUtf8("r020000")))
        .extracting(RegionInfo::id)
        .isEqualTo(100_000L + REGIONS);
  }

  /** Hours may pass without room, in which Regions go on changing. */
  @Test
  void oneWriteOfTheCacheWaitsForRoomAtATime() {
    Node leader = cluster.leaderOrThrow();
    fill(leader, leader.running().raft().term());
    cluster.runFor(Duration.ofSeconds(10));
    leader.disk.full = true;
    List<RegionInfo> all = leader.running().regions().currentFrom(Bytes.EMPTY, Integer.MAX_VALUE);
    for (int second = 0; second < 60; second++) {
      all.forEach(leader.running().keeper()::changed);
      cluster.runFor(Duration.ofSeconds(1));
    }
    assertThat(leader.disk.regionBytesWaiting()).isBetween(1L, 300L << 10);

    leader.disk.full = false;
    cluster.runFor(Duration.ofMinutes(4));
    cluster.crash(leader);
    cluster.restart(leader);
    assertThat(leader.running().regions().size()).as("what waited is kept").isEqualTo(REGIONS);
  }

  /** What two Regions became must not come back as one of them. */
  @Test
  void aRegionThatIsNoMoreIsNotKept() {
    Node leader = cluster.leaderOrThrow();
    fill(leader, leader.running().raft().term());
    RegionInfo gone = Objects.requireNonNull(leader.running().regions().byId(100_000 + 17));
    leader.running().keeper().changed(gone);
    cluster.runFor(Duration.ofSeconds(10));
    RegionInfo before = Objects.requireNonNull(leader.running().regions().byId(100_000 + 16));
    Region merged =
        new Region(
            before.id(),
            new KeyRange(before.region().range().start(), gone.region().range().end()),
            new RegionEpoch(1, 101),
            before.region().peers());
    var stream =
        leader
            .pd()
            .openHeartbeats(
                new InstructionSink() {
                  @Override
                  public void instruct(RegionHeartbeatResponse instruction) {}

                  @Override
                  public void end(PdRefusal why) {}
                });
    stream.heartbeat(
        RegionHeartbeatRequest.newBuilder()
            .setHeader(cluster.header())
            .setRegion(ProtoRegions.toProto(merged))
            .setLeader(ProtoRegions.toProto(merged.peers().getFirst()))
            .setTerm(7)
            .build(),
        () -> {});
    cluster.runFor(Duration.ofSeconds(10));
    assertThat(leader.running().regions().byId(gone.id())).isNull();

    stores.kill(1);
    cluster.crash(leader);
    cluster.restart(leader);
    assertThat(leader.running().regions().byId(gone.id())).isNull();
    assertThat(leader.running().regions().byId(merged.id()))
        .extracting(RegionInfo::region)
        .isEqualTo(merged);
  }
}
