package dev.terrane.pd.checker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.PeerRole;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionEpoch;
import dev.terrane.pd.operator.Step;
import dev.terrane.pd.region.DownPeer;
import dev.terrane.pd.region.RegionInfo;
import dev.terrane.pd.state.ClusterState;
import dev.terrane.pd.store.StoreCondition;
import dev.terrane.pd.store.StoreView;
import dev.terrane.proto.metapb.Store;
import dev.terrane.proto.metapb.StoreLabel;
import dev.terrane.proto.pdpb.StoreStats;
import dev.terrane.proto.terranepd.Rules;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the checker decides for a Region in a given form, on stores in a given condition. */
class ReplicaCheckerTest {
  private final FakeCluster cluster = new FakeCluster();

  private static final class FakeCluster implements ClusterView {
    Rules rules = ClusterState.DEFAULT_RULES;
    final List<StoreView> stores = new ArrayList<>();
    long crowdedStore;

    FakeCluster store(long id, StoreCondition condition, int regions, String zone) {
      stores.add(
          new StoreView(
              Store.newBuilder()
                  .setId(id)
                  .addLabels(StoreLabel.newBuilder().setKey("zone").setValue(zone))
                  .build(),
              condition,
              StoreStats.newBuilder().setCapacity(1L << 40).setAvailable(1L << 39).build(),
              regions));
      return this;
    }

    FakeCluster up(long... ids) {
      for (long id : ids) {
        store(id, StoreCondition.UP, 1, "z");
      }
      return this;
    }

    @Override
    public Rules rules() {
      return rules;
    }

    @Override
    public List<StoreView> stores() {
      return stores;
    }

    @Override
    public @Nullable StoreView store(long storeId) {
      return stores.stream().filter(s -> s.id() == storeId).findFirst().orElse(null);
    }

    @Override
    public int operatorsOnStore(long storeId) {
      return storeId == crowdedStore ? rules.getOperatorsPerStoreMax() : 0;
    }
  }

  /** Peer ids are ten times their store's. The first voter leads. */
  private static Peer voter(long store) {
    return Peer.voter(store * 10, store);
  }

  private static Peer learner(long store) {
    return Peer.learner(store * 10, store);
  }

  private static RegionInfo region(Peer... peers) {
    return region(List.of(peers), List.of());
  }

  private static RegionInfo region(List<Peer> peers, List<Peer> pending) {
    Region region = new Region(1, KeyRange.ALL, RegionEpoch.FIRST, peers);
    return new RegionInfo(region, peers.getFirst(), 5, List.of(), pending, 0, 0, 1);
  }

  private Decision check(RegionInfo region) {
    return ReplicaChecker.check(region, cluster);
  }

  private static void assertNothing(Decision decision, String... words) {
    assertThat(decision).isInstanceOf(Decision.Nothing.class);
    assertThat(decision.reason()).contains(words);
  }

  private static void assertAdds(Decision decision, long store) {
    assertThat(decision).isInstanceOf(Decision.AddReplica.class);
    assertThat(((Decision.AddReplica) decision).storeId()).isEqualTo(store);
  }

  private static void assertSteps(Decision decision, String name, Step... steps) {
    assertThat(decision).isInstanceOf(Decision.Change.class);
    assertThat(((Decision.Change) decision).name()).isEqualTo(name);
    assertThat(((Decision.Change) decision).steps()).containsExactly(steps);
  }

  // ---- growing

  @Test
  void leavesAWholeRegionAlone() {
    cluster.up(1, 2, 3, 4);
    assertNothing(check(region(voter(1), voter(2), voter(3))), "3 of 3 replicas", "healthy");
  }

  @Test
  void withOneStoreThereIsNothingToDo() {
    cluster.up(1);
    assertNothing(
        check(region(voter(1))), "1 of 3 replicas", "no store", "store 1 has a replica already");
  }

  @Test
  void addsALearnerOnASecondStore() {
    cluster.up(1, 2);
    assertAdds(check(region(voter(1))), 2);
  }

  @Test
  void withTwoStoresTheSecondReplicaStaysALearner() {
    cluster.up(1, 2);
    assertNothing(check(region(voter(1), learner(2))), "2 of 3 replicas");
  }

  @Test
  void addsTheThirdReplicaAsALearnerToo() {
    cluster.up(1, 2, 3);
    assertAdds(check(region(voter(1), learner(2))), 3);
  }

  @Test
  void waitsForALearnerThatHasNotCaughtUp() {
    cluster.up(1, 2, 3);
    RegionInfo region = region(List.of(voter(1), learner(2), learner(3)), List.of(learner(3)));
    assertNothing(check(region), "learner 30 on store 3 has not caught up");
  }

  @Test
  void oneBecomesThreeInOneJointChange() {
    cluster.up(1, 2, 3);
    assertSteps(
        check(region(voter(1), learner(2), learner(3))),
        "promote-learners",
        new Step.EnterJoint(List.of(learner(2), learner(3)), List.of()),
        new Step.LeaveJoint());
  }

  @Test
  void threeBecomeFiveInOneJointChange() {
    cluster.rules = cluster.rules.toBuilder().setReplicasMax(5).build();
    cluster.up(1, 2, 3, 4, 5);
    assertSteps(
        check(region(voter(1), voter(2), voter(3), learner(4), learner(5))),
        "promote-learners",
        new Step.EnterJoint(List.of(learner(4), learner(5)), List.of()),
        new Step.LeaveJoint());
  }

  @Test
  void anEvenNumberOfVotersIsMadeOdd() {
    cluster.up(1, 2, 3);
    assertSteps(
        check(region(voter(1), voter(2), learner(3))),
        "promote-learners",
        new Step.PromoteLearner(learner(3)));
    assertSteps(
        check(region(voter(1), voter(2))),
        "demote-voters",
        new Step.EnterJoint(List.of(), List.of(voter(2))),
        new Step.LeaveJoint());
  }

  @Test
  void choosesTheStoreOfAnotherZoneBeforeTheEmptierOne() {
    cluster
        .store(1, StoreCondition.UP, 5, "a")
        .store(2, StoreCondition.UP, 0, "a")
        .store(3, StoreCondition.UP, 9, "b");
    assertAdds(check(region(voter(1))), 3);
  }

  @Test
  void choosesTheEmptierStoreOfEqualZones() {
    cluster
        .store(1, StoreCondition.UP, 5, "a")
        .store(2, StoreCondition.UP, 7, "b")
        .store(3, StoreCondition.UP, 6, "b");
    assertAdds(check(region(voter(1))), 3);
  }

  @Test
  void passesOverStoresThatCannotTakeAReplicaAndSaysWhy() {
    cluster.up(1, 2).store(3, StoreCondition.DISCONNECTED, 0, "z");
    cluster.crowdedStore = 2;
    assertNothing(
        check(region(voter(1))),
        "store 2 has as many moves under way as it may",
        "store 3 is DISCONNECTED");
  }

  @Test
  void passesOverAStoreWithoutSpace() {
    cluster.up(1);
    cluster.stores.add(
        new StoreView(
            Store.newBuilder().setId(2).build(),
            StoreCondition.UP,
            StoreStats.newBuilder().setCapacity(1L << 40).setAvailable(1 << 20).build(),
            0));
    assertNothing(check(region(voter(1))), "store 2 has too little space");
  }

  // ---- losing

  @Test
  void aSilentStoreKeepsItsReplica() {
    cluster.up(1, 2, 4).store(3, StoreCondition.DISCONNECTED, 1, "z");
    assertNothing(check(region(voter(1), voter(2), voter(3))), "3 of 3");
  }

  @Test
  void aStoreThatStaysAwayIsReplacedByANewLearnerFirst() {
    cluster.up(1, 2, 4).store(3, StoreCondition.DOWN, 1, "z");
    assertAdds(check(region(voter(1), voter(2), voter(3))), 4);
  }

  @Test
  void theNewLearnerTakesTheLostVoteInOneJointChange() {
    cluster.up(1, 2, 4).store(3, StoreCondition.DOWN, 1, "z");
    assertSteps(
        check(region(voter(1), voter(2), voter(3), learner(4))),
        "replace-replica",
        new Step.EnterJoint(List.of(learner(4)), List.of(voter(3))),
        new Step.LeaveJoint(),
        new Step.RemovePeer(voter(3)));
  }

  @Test
  void withoutAnotherStoreALostVoterStays() {
    cluster.up(1, 2).store(3, StoreCondition.DOWN, 1, "z");
    assertNothing(
        check(region(voter(1), voter(2), voter(3))), "2 of 3 replicas", "no store can take");
  }

  @Test
  void aLeaderOnAStoreToBeRemovedHandsOverFirst() {
    cluster.store(1, StoreCondition.OFFLINE, 1, "z").up(2, 3, 4);
    assertSteps(
        check(region(voter(1), voter(2), voter(3), learner(4))),
        "replace-replica",
        new Step.TransferLeader(voter(2)),
        new Step.EnterJoint(List.of(learner(4)), List.of(voter(1))),
        new Step.LeaveJoint(),
        new Step.RemovePeer(voter(1)));
  }

  @Test
  void leadershipIsNotOfferedToWhoIsAway() {
    cluster
        .store(1, StoreCondition.OFFLINE, 1, "z")
        .store(2, StoreCondition.DISCONNECTED, 1, "z")
        .up(3, 4);
    assertSteps(
        check(region(voter(1), voter(2), voter(3), learner(4))),
        "replace-replica",
        new Step.TransferLeader(voter(3)),
        new Step.EnterJoint(List.of(learner(4)), List.of(voter(1))),
        new Step.LeaveJoint(),
        new Step.RemovePeer(voter(1)));
  }

  @Test
  void withNobodyToLeadALeaderOnAStoreToBeRemovedStays() {
    cluster
        .store(1, StoreCondition.OFFLINE, 1, "z")
        .store(2, StoreCondition.DISCONNECTED, 1, "z")
        .store(3, StoreCondition.DISCONNECTED, 1, "z")
        .up(4);
    assertNothing(
        check(region(voter(1), voter(2), voter(3), learner(4))), "waits for another voter");
  }

  @Test
  void theOnlyVoterLeavesItsStoreThroughItsHeir() {
    cluster.store(1, StoreCondition.OFFLINE, 1, "z").up(2);
    assertSteps(
        check(region(voter(1), learner(2))),
        "replace-replica",
        new Step.PromoteLearner(learner(2)),
        new Step.TransferLeader(learner(2)));
  }

  @Test
  void anOrphanIsRemoved() {
    cluster.up(1, 2, 3);
    assertSteps(
        check(region(voter(1), voter(2), voter(3), learner(9))), // nobody knows store 9
        "remove-replica",
        new Step.RemovePeer(learner(9)));
  }

  @Test
  void aSpareLearnerIsRemoved() {
    cluster.up(1, 2, 3, 4);
    assertSteps(
        check(region(voter(1), voter(2), voter(3), learner(4))),
        "remove-replica",
        new Step.RemovePeer(learner(4)));
  }

  @Test
  void tooManyVotersGiveUpTwoVotesAtOnceButNeverTheLeaders() {
    cluster.rules = cluster.rules.toBuilder().setReplicasMax(1).build();
    cluster.up(1, 2, 3);
    assertSteps(
        check(region(voter(1), voter(2), voter(3))),
        "demote-voters",
        new Step.EnterJoint(List.of(), List.of(voter(3), voter(2))),
        new Step.LeaveJoint());
  }

  @Test
  void aJointChangeLeftHalfWayIsEnded() {
    cluster.up(1, 2, 3);
    assertSteps(
        check(region(voter(1), learner(2).withRole(PeerRole.INCOMING_VOTER))),
        "leave-joint",
        new Step.LeaveJoint());
  }

  @Test
  void aLearnerThatIsDownIsNotPromoted() {
    cluster.up(1, 2, 3);
    Region region =
        new Region(1, KeyRange.ALL, RegionEpoch.FIRST, List.of(voter(1), learner(2), learner(3)));
    RegionInfo info =
        new RegionInfo(
            region, voter(1), 5, List.of(new DownPeer(learner(2), 40)), List.of(), 0, 0, 1);
    assertNothing(check(info), "learner 20 on store 2 has not caught up");
  }

  @Test
  void aRegionWithoutAKnownLeaderIsLeftAlone() {
    cluster.up(1, 2, 3);
    Region region = new Region(1, KeyRange.ALL, RegionEpoch.FIRST, List.of(voter(1)));
    assertNothing(check(RegionInfo.withoutLeader(region)), "no leader is known");
  }
}
