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
import dev.terrane.proto.terranepd.ChangeRulesRequest;
import dev.terrane.proto.terranepd.RulesChange;
import java.time.Duration;
import java.util.List;
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
}
