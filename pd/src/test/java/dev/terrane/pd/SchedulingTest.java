package dev.terrane.pd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionEpoch;
import dev.terrane.pd.PdCluster.Node;
import dev.terrane.pd.state.ClusterState;
import dev.terrane.proto.metapb.Store;
import dev.terrane.proto.metapb.StoreState;
import dev.terrane.proto.pdpb.ErrorType;
import dev.terrane.proto.pdpb.GetOperatorRequest;
import dev.terrane.proto.pdpb.GetRegionRequest;
import dev.terrane.proto.pdpb.GetRegionResponse;
import dev.terrane.proto.pdpb.GetStoreRequest;
import dev.terrane.proto.pdpb.RegionHeartbeatRequest;
import dev.terrane.proto.pdpb.RegionHeartbeatResponse;
import dev.terrane.proto.pdpb.StoreHeartbeatRequest;
import dev.terrane.proto.pdpb.StoreStats;
import dev.terrane.proto.terranepd.ExplainRegionRequest;
import dev.terrane.proto.terranepd.ExplainRegionResponse;
import dev.terrane.proto.terranepd.KeepStoreRequest;
import dev.terrane.proto.terranepd.ListStoresRequest;
import dev.terrane.proto.terranepd.RemoveStoreRequest;
import dev.terrane.proto.terranepd.RemoveStoreResponse;
import dev.terrane.proto.terranepd.Rules;
import dev.terrane.proto.terranepd.StoreSummary;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From heartbeats to instructions and back, until the Region is as the rules say. */
class SchedulingTest {
  private static final Rules QUICK =
      ClusterState.DEFAULT_RULES.toBuilder().setStoreDownMaxMillis(60_000).build();

  private final PdCluster cluster = PdCluster.found(20, QUICK);
  private final FakeStores stores = FakeStores.bootstrap(cluster);

  private void until(String shape) {
    cluster.runUntil(
        "replicas " + shape, Duration.ofMinutes(5), () -> stores.shape().equals(shape));
  }

  private ExplainRegionResponse explain() {
    return cluster.onLeader(
        ExplainRegionRequest.newBuilder().setHeader(cluster.header()).setRegionId(2).build(),
        Pd::explainRegion);
  }

  private StoreState stateOf(long store) {
    return cluster
        .onLeader(
            GetStoreRequest.newBuilder().setHeader(cluster.header()).setStoreId(store).build(),
            Pd::getStore)
        .getStore()
        .getState();
  }

  @Test
  void growsFromOneToThreeReplicasInOneJointChange() {
    cluster.runFor(Duration.ofSeconds(3));
    assertThat(stores.history).isEmpty();
    assertThat(explain().getDecision()).contains("1 of 3 replicas", "no store can take one more");

    stores.add(2);
    until("1 2L");
    cluster.runFor(Duration.ofSeconds(10));
    assertThat(stores.shape()).as("with two stores the second stays a learner").isEqualTo("1 2L");

    stores.add(3);
    until("1 2 3");
    assertThat(stores.history)
        .containsExactly("learner 2", "learner 3", "joint +2 +3", "leave joint");
    cluster.runFor(Duration.ofSeconds(10));
    assertThat(explain().getDecision()).contains("3 of 3 replicas", "all healthy");
    assertThat(explain().getFinishedList())
        .extracting(o -> o.getName())
        .contains("add-replica", "promote-learners");
    assertThat(explain().getFinishedList())
        .allSatisfy(o -> assertThat(o.getOutcome()).startsWith("success"));
  }

  @Test
  void twoStoresThatJoinTogetherAreFilledOneAfterTheOther() {
    stores.add(2);
    stores.add(3);
    until("1 2 3");
    assertThat(stores.history).hasSize(4).endsWith("joint +2 +3", "leave joint");
  }

  @Test
  void replacesAReplicaWhoseStoreStaysAway() {
    stores.add(2);
    stores.add(3);
    stores.add(4);
    cluster.runUntil(
        "three replicas",
        () -> stores.region.peers().size() == 3 && stores.history.contains("leave joint"));
    stores.history.clear();
    long away = stores.region.peers().get(1).storeId();
    long spare =
        2 + 3 + 4 - stores.region.peers().get(1).storeId() - stores.region.peers().get(2).storeId();
    stores.kill(away);
    cluster.runFor(Duration.ofSeconds(50));
    assertThat(stores.history).as("it may come back").isEmpty();
    cluster.runUntil("replaced", () -> stores.history.contains("remove " + away));
    assertThat(stores.history)
        .containsExactly(
            "learner " + spare, "joint +" + spare + " -" + away, "leave joint", "remove " + away);
  }

  private StoreSummary summary(long id) {
    return cluster
        .onLeader(
            ListStoresRequest.newBuilder().setHeader(cluster.header()).build(), Pd::listStores)
        .getStoresList()
        .stream()
        .filter(summary -> summary.getStore().getId() == id)
        .findFirst()
        .orElseThrow();
  }

  private PdFigures figures() {
    return cluster.leaderOrThrow().running().figures();
  }

  /** What 'ctl stores' and HTTP show comes from the one, metrics from the other. */
  @Test
  void aStoreThatStopsIsDisconnectedAfterTwentySecondsAndDownBySetting() {
    stores.add(2);
    stores.add(3);
    until("1 2 3");
    assertThat(summary(3).getCondition()).isEqualTo("Up");
    assertThat(figures().storesUp()).isEqualTo(3);
    stores.kill(3);

    cluster.runFor(Duration.ofSeconds(18));
    assertThat(summary(3).getCondition()).isEqualTo("Up");
    cluster.runFor(Duration.ofSeconds(4));
    assertThat(summary(3).getCondition()).isEqualTo("Disconnected");
    assertThat(figures().storesDisconnected()).isEqualTo(1);
    assertThat(figures().storesUp()).isEqualTo(2);

    cluster.runFor(Duration.ofSeconds(34));
    assertThat(summary(3).getCondition()).isEqualTo("Disconnected");
    cluster.runFor(Duration.ofSeconds(6));
    assertThat(summary(3).getCondition()).isEqualTo("Down");
    assertThat(figures().storesDown()).isEqualTo(1);
    assertThat(figures().storesDisconnected()).isZero();
    assertThat(summary(3).getSilentMillis()).isBetween(60_000L, 64_000L);

    stores.revive(3);
    cluster.runFor(Duration.ofSeconds(3));
    assertThat(summary(3).getCondition()).isEqualTo("Up");
    assertThat(figures().storesUp()).isEqualTo(3);
  }

  @Test
  void aDeadVoterBesideAnIdleStoreIsReplacedWhenItWasToldToBe() {
    stores.add(2);
    stores.add(3);
    until("1 2 3");
    stores.add(4);
    stores.history.clear();
    stores.kill(3);
    cluster.runFor(Duration.ofSeconds(25));
    String outlook = summary(3).getOutlook();
    assertThat(outlook).matches("its replicas are rebuilt elsewhere in [0-9]+s");
    long told = Long.parseLong(outlook.replaceAll("\\D", ""));
    assertThat(told).isBetween(30L, 36L);

    cluster.runFor(Duration.ofSeconds(told - 1));
    assertThat(stores.history).isEmpty();
    cluster.runFor(Duration.ofSeconds(3));
    assertThat(stores.history).startsWith("learner 4");
    assertThat(summary(3).getOutlook()).isEqualTo("its replicas are rebuilt elsewhere now: 1 left");
    until("1 2 4");
    assertThat(summary(3).getOutlook()).isEqualTo("none of its replicas is missed any more");
  }

  @Test
  void aStoreThatIsLostWhileItsReplicaFillsIsNotWaitedFor() {
    stores.add(2);
    stores.add(3);
    until("1 2 3");
    stores.kill(3);
    stores.add(4);
    until("1 2 3 4L");
    stores.kill(4); // before the learner has caught up
    stores.add(5);
    until("1 2 5");
    assertThat(explain().getFinishedList())
        .extracting(o -> o.getOutcome())
        .anySatisfy(outcome -> assertThat(outcome).contains("store 4 of peer", "is lost"));
  }

  @Test
  void leavesAReplicaAloneWhoseStoreComesBackInTime() {
    stores.add(2);
    stores.add(3);
    until("1 2 3");
    stores.add(4);
    stores.history.clear();
    stores.kill(3);
    cluster.runFor(Duration.ofSeconds(50));
    stores.revive(3);
    cluster.runFor(Duration.ofSeconds(60));
    assertThat(stores.history).isEmpty();
  }

  @Test
  void movesEverythingAwayFromAStoreThatIsRemovedAndBuriesIt() {
    stores.add(2);
    stores.add(3);
    until("1 2 3");
    stores.add(4);
    RemoveStoreResponse response =
        cluster.onLeader(
            RemoveStoreRequest.newBuilder()
                .setHeader(cluster.header())
                .setStoreId(1) // which leads
                .build(),
            Pd::removeStore);
    assertThat(response.getHeader().hasError()).isFalse();
    until("2 3 4");
    assertThat(stores.leaderStore).isNotEqualTo(1);
    cluster.runUntil("a tombstone", () -> stateOf(1) == StoreState.Tombstone);
    assertThat(stores.add(1).getHeader().getError().getType()).isEqualTo(ErrorType.STORE_TOMBSTONE);
  }

  @Test
  void aStoreWithAnEmptyDiskTakesTheOldAddressAndTheOldOneIsLostAtAnOperatorsWord() {
    stores.add(2);
    stores.add(3);
    until("1 2 3");
    stores.kill(3);
    Store reborn = FakeStores.store(3).toBuilder().setId(9).build();
    assertThat(stores.add(reborn).getHeader().getError().getMessage())
        .contains("duplicated store address", "store 3");
    cluster.runFor(Duration.ofSeconds(21)); // now the old one counts as disconnected
    assertThat(stores.add(reborn).getHeader().hasError()).isFalse();
    cluster.runFor(Duration.ofSeconds(10));
    assertThat(stateOf(3)).as("it may have moved").isEqualTo(StoreState.Up);

    RemoveStoreResponse response =
        cluster.onLeader(
            RemoveStoreRequest.newBuilder()
                .setHeader(cluster.header())
                .setStoreId(3)
                .setPhysicallyDestroyed(true)
                .build(),
            Pd::removeStore);
    assertThat(response.getHeader().hasError()).isFalse();
    until("1 2 9");
    cluster.runUntil("a tombstone", () -> stateOf(3) == StoreState.Tombstone);
  }

  private RemoveStoreResponse remove(long id, boolean destroyed, boolean acceptLoss) {
    return cluster.onLeader(
        RemoveStoreRequest.newBuilder()
            .setHeader(cluster.header())
            .setStoreId(id)
            .setPhysicallyDestroyed(destroyed)
            .setAcceptLoss(acceptLoss)
            .build(),
        Pd::removeStore);
  }

  private static String refusal(RemoveStoreResponse response) {
    return response.getHeader().getError().getMessage();
  }

  @Test
  void aStoreIsNotRemovedWhereItsReplicasWouldHaveNowhereToGo() {
    assertThat(refusal(remove(1, false, false))).contains("0 other stores are up");
    stores.add(2);
    stores.add(3);
    until("1 2 3");
    assertThat(refusal(remove(3, false, false)))
        .contains("2 other stores are up, and Regions have 3 replicas", "Add a store first");
    assertThat(stateOf(3)).isEqualTo(StoreState.Up);
    stores.add(4);
    assertThat(remove(3, false, false).getOutlook()).contains("its 1 replica is moved elsewhere");
    until("1 2 4");
  }

  @Test
  void aStoreThatIsHeardOfIsNotTakenForDestroyed() {
    stores.add(2);
    stores.add(3);
    until("1 2 3");
    assertThat(refusal(remove(3, true, true))).contains("store 3 was heard of", "Stop it first");
    assertThat(stateOf(3)).isEqualTo(StoreState.Up);
  }

  @Test
  void theLastReplicaIsGivenUpOnlyAtAWordThatSaysSo() {
    stores.kill(1); // the only one
    stores.add(2);
    stores.kill(2);
    cluster.runFor(Duration.ofSeconds(25));
    stores.revive(2);
    assertThat(refusal(remove(1, true, false)))
        .contains("the last replica of Region 2", "given up for good");
    assertThat(stateOf(1)).isEqualTo(StoreState.Up);
    assertThat(remove(1, true, true).getOutlook()).contains("is written off");
    assertThat(stateOf(1)).isEqualTo(StoreState.Offline);
  }

  @Test
  void aQuorumIsGivenUpOnlyAtAWordThatSaysSo() {
    stores.add(2);
    stores.add(3);
    until("1 2 3");
    stores.kill(2);
    stores.kill(3);
    cluster.runFor(Duration.ofSeconds(25));
    assertThat(refusal(remove(3, true, false)))
        .contains("without store 3 there is no quorum in Region 2");
    stores.revive(2);
    cluster.runFor(Duration.ofSeconds(11));
    assertThat(remove(3, true, false).getHeader().hasError()).isFalse();
  }

  /** That it is to be removed does not say that it is there. */
  @Test
  void aStoreThatIsLeavingAndHasFallenSilentCountsForNoQuorum() {
    stores.add(2);
    stores.add(3);
    until("1 2 3");
    stores.add(4);
    stores.kill(4); // so that nothing can be moved
    assertThat(remove(2, false, false).getHeader().hasError()).isFalse();
    stores.kill(2);
    stores.kill(3);
    cluster.runFor(Duration.ofSeconds(25));
    assertThat(stateOf(2)).isEqualTo(StoreState.Offline);
    assertThat(refusal(remove(3, true, false)))
        .contains("without store 3 there is no quorum in Region 2");
    assertThat(stateOf(3)).isEqualTo(StoreState.Up);
    stores.revive(2);
    cluster.runFor(Duration.ofSeconds(11));
    assertThat(remove(3, true, false).getHeader().hasError()).as("it goes on serving").isFalse();
  }

  @Test
  void whoRemovesASilentStoreHearsWhatToSayIfItIsLost() {
    stores.add(2);
    stores.add(3);
    stores.add(4);
    cluster.runUntil("three voters", () -> stores.history.contains("leave joint"));
    stores.kill(4);
    cluster.runFor(Duration.ofSeconds(25));
    assertThat(remove(4, false, false).getOutlook())
        .contains("is not heard of")
        .endsWith("say that it is destroyed");
  }

  @Test
  void whatIsToBeRemovedCanBeKeptUntilItIsGone() {
    stores.add(2);
    stores.add(3);
    stores.add(4);
    cluster.runUntil("three voters", () -> stores.history.contains("leave joint"));
    long spare = 2 + 3 + 4 - stores.region.peers().stream().mapToLong(p -> p.storeId()).sum() + 1;
    RemoveStoreRequest dry =
        RemoveStoreRequest.newBuilder()
            .setHeader(cluster.header())
            .setStoreId(1)
            .setDryRun(true)
            .build();
    assertThat(cluster.onLeader(dry, Pd::removeStore).getOutlook()).contains("is to be removed");
    assertThat(stateOf(1)).as("nothing was done").isEqualTo(StoreState.Up);

    stores.kill(spare); // so that nothing can be moved yet
    remove(1, false, false);
    assertThat(stateOf(1)).isEqualTo(StoreState.Offline);
    assertThat(keep(1)).isEmpty();
    assertThat(stateOf(1)).isEqualTo(StoreState.Up);

    cluster.runFor(Duration.ofSeconds(25));
    assertThat(remove(spare, true, false).getHeader().hasError()).isFalse();
    assertThat(keep(spare)).contains("has been removed for good");
    cluster.runUntil("a tombstone", () -> stateOf(spare) == StoreState.Tombstone);
    assertThat(keep(spare)).contains("has been removed for good");
  }

  /** Store 4 holds nothing that is known, which is no proof that it holds nothing. */
  @Test
  void aStoreIsNotBuriedWhileARegionHasNotReportedToThisLeader() {
    stores.add(2);
    stores.add(3);
    until("1 2 3");
    stores.add(4);
    Node leader = cluster.leaderOrThrow();
    stores.regionIsSilent = true;
    cluster.crash(leader);
    cluster.restart(leader);
    stores.connectAnew();
    cluster.runUntil("a leader", () -> cluster.leader() != null);
    assertThat(remove(4, false, false).getHeader().hasError()).isFalse();

    cluster.runFor(Duration.ofMinutes(2));
    assertThat(stateOf(4)).isEqualTo(StoreState.Offline);

    stores.regionIsSilent = false;
    cluster.runUntil("a tombstone", () -> stateOf(4) == StoreState.Tombstone);
  }

  @Test
  void aStoreIsNotBuriedWhileHalfOfTheKeysIsOfNoRegionThatIsKnown() {
    stores.add(2);
    stores.add(3);
    until("1 2 3");
    stores.add(4);
    Region whole = stores.region;
    RegionEpoch epoch = whole.epoch();
    stores.region =
        new Region(
            whole.id(),
            new KeyRange(Bytes.EMPTY, Bytes.ofUtf8("m")),
            new RegionEpoch(epoch.confVer(), epoch.version() + 1),
            whole.peers());
    cluster.runFor(Duration.ofSeconds(5));
    assertThat(remove(4, false, false).getHeader().hasError()).isFalse();

    cluster.runFor(Duration.ofMinutes(2));
    assertThat(stateOf(4)).isEqualTo(StoreState.Offline);

    stores.region =
        new Region(
            whole.id(),
            KeyRange.ALL,
            new RegionEpoch(epoch.confVer(), epoch.version() + 2),
            whole.peers());
    cluster.runUntil("a tombstone", () -> stateOf(4) == StoreState.Tombstone);
  }

  /** The store of the second voter is away: it is passed over each time, not asked in vain. */
  @Test
  void leadershipIsNeverOfferedToAStoreThatIsAway() {
    stores.add(2);
    stores.add(3);
    until("1 2 3");
    stores.add(4);
    long away = stores.region.peers().get(1).storeId();
    stores.kill(away);
    cluster.runFor(Duration.ofSeconds(25)); // it is disconnected, and not down yet
    stores.history.clear();
    assertThat(remove(1, false, false).getHeader().hasError()).isFalse();
    cluster.runFor(Duration.ofSeconds(30));
    assertThat(stores.history).noneMatch(line -> line.equals("lead " + away));
    assertThat(stores.leaderStore).isNotIn(1L, away);
  }

  private String keep(long id) {
    return cluster
        .onLeader(
            KeepStoreRequest.newBuilder().setHeader(cluster.header()).setStoreId(id).build(),
            Pd::keepStore)
        .getHeader()
        .getError()
        .getMessage();
  }

  /** Five stores are started again, each at the address of the one before. */
  @Test
  void storesThatShiftAddressesAreAllThereAndNoneIsWrittenOff() {
    for (long id = 1; id <= 5; id++) {
      assertThat(stores.add(life(id, id, 1)).getHeader().hasError()).isFalse();
    }
    until("1 2 3");
    for (long id = 1; id <= 5; id++) {
      assertThat(move(id, 1 + id % 5, 2))
          .as("its new place may still be another's")
          .contains("has not left it");
    }
    for (long id = 1; id <= 5; id++) {
      heartbeat(id, 2); // refused stores say that they live
    }
    for (long id = 1; id <= 5; id++) {
      assertThat(move(id, 1 + id % 5, 2)).isEmpty();
    }
    for (long id = 1; id <= 5; id++) {
      Store store =
          Objects.requireNonNull(cluster.leaderOrThrow().running().stateOrThrow().stores().get(id));
      assertThat(store.getAddress()).isEqualTo(FakeStores.store(1 + id % 5).getAddress());
      assertThat(store.getState()).isEqualTo(StoreState.Up);
      assertThat(store.getPhysicallyDestroyed()).isFalse();
    }
  }

  /** A life of store {@code id} at the address that store {@code place} had first. */
  private static Store life(long id, long place, long starts) {
    return FakeStores.store(id).toBuilder()
        .setAddress(FakeStores.store(place).getAddress())
        .setStarts(starts)
        .build();
  }

  /** What PD has against a store that has been started again elsewhere, and seen so. */
  private String move(long id, long place, long starts) {
    return stores
        .add(life(id, place, starts), FakeStores.store(id).getAddress())
        .getHeader()
        .getError()
        .getMessage();
  }

  private String heartbeat(long id, long starts) {
    return cluster
        .onLeader(
            StoreHeartbeatRequest.newBuilder()
                .setHeader(cluster.header())
                .setStats(StoreStats.newBuilder().setStoreId(id).setStarts(starts))
                .build(),
            Pd::storeHeartbeat)
        .getHeader()
        .getError()
        .getMessage();
  }

  @Test
  void anEarlierLifeOfAStoreIsRefusedAndDoesNotCountAsAlive() {
    stores.add(life(2, 2, 7));

    assertThat(stores.add(life(2, 4, 6)).getHeader().getError().getMessage())
        .contains("store 2 was started 7 times", "older copy of its directory");
    assertThat(heartbeat(2, 6)).contains("store 2 was started 7 times");
    assertThat(heartbeat(2, 7)).isEmpty();
    assertThat(stores.add(life(2, 2, 7)).getHeader().hasError()).as("the same life").isFalse();
  }

  /** One that is a single start behind counts itself as the start that PD knows. */
  @Test
  void anOlderDirectoryThatCountsAsTheStartThatPdKnowsIsRefused() {
    stores.add(life(2, 2, 7).toBuilder().setStartTimestamp(1_000).build());

    Store older = life(2, 2, 7).toBuilder().setStartTimestamp(2_000).build();
    assertThat(stores.add(older).getHeader().getError().getMessage())
        .contains("has begun its start 7 before", "older copy");
  }

  @Test
  void aStoreThatIsHeardIsNotTakenToHaveMovedAtTheWordOfACopy() {
    stores.add(life(2, 2, 7));
    stores.kill(2); // what it says from now on is said here
    Store copy = life(2, 4, 8);
    cluster.runFor(Duration.ofSeconds(15));
    assertThat(heartbeat(2, 7)).isEmpty();
    cluster.runFor(Duration.ofSeconds(15));

    assertThat(stores.add(copy).getHeader().getError().getMessage())
        .contains("store 2 may still run at store-2:20160", "a copy of its directory");
    assertThat(heartbeat(2, 8)).as("the copy says that it lives").isEmpty();
    assertThat(stores.add(copy).getHeader().hasError()).isTrue();

    cluster.runFor(Duration.ofSeconds(6)); // the original was silent for 21 s
    assertThat(stores.add(copy).getHeader().hasError()).isFalse();
  }

  @Test
  void aNewLeaderThatHasNotHeardOfAStoreYetTakesNoCopysWordEither() {
    stores.add(life(2, 2, 7));
    Node leader = cluster.leaderOrThrow();
    cluster.crash(leader);
    cluster.restart(leader);
    cluster.runUntil("a leader", () -> cluster.leader() != null);

    assertThat(stores.add(life(2, 4, 8)).getHeader().getError().getMessage())
        .contains("store 2 may still run at store-2:20160");
    assertThat(move(2, 4, 8)).as("who has seen that it is gone").isEmpty();
  }

  @Test
  void aNewLeaderSchedulesOnlyAfterEveryLiveStoreHasReported() {
    cluster.join("pd-2");
    cluster.join("pd-3");
    cluster.runUntil("three members", () -> cluster.voters() == 3);
    stores.add(2);
    until("1 2L");
    stores.kill(2); // it may be there, and says nothing
    Node old = cluster.leaderOrThrow();
    cluster.crash(old);
    cluster.runUntil("another leader", () -> cluster.leader() != null);
    cluster.runFor(Duration.ofSeconds(2));
    stores.add(3);
    stores.history.clear();
    cluster.runFor(Duration.ofSeconds(10));
    assertThat(stores.history).isEmpty();
    assertThat(explain().getDecision()).contains("store 2 has not reported");
    stores.revive(2);
    until("1 2 3");
  }

  @Test
  void aNewLeaderFinishesAJointChangeLeftHalfWay() {
    cluster.join("pd-2");
    cluster.join("pd-3");
    cluster.runUntil("three members", () -> cluster.voters() == 3);
    stores.add(2);
    stores.add(3);
    cluster.runUntil("a joint change", () -> stores.history.contains("joint +2 +3"));
    cluster.crash(cluster.leaderOrThrow());
    until("1 2 3");
    assertThat(stores.history).endsWith("leave joint");
  }

  @Test
  void aNewLeaderAnswersRoutingAsTheOldOneKnewItBeforeAnyStoreReports() {
    cluster.join("pd-2");
    cluster.join("pd-3");
    cluster.runUntil("three members", () -> cluster.voters() == 3);
    stores.add(2);
    until("1 2L");
    cluster.runFor(Duration.ofSeconds(1));
    stores.kill(1);
    cluster.crash(cluster.leaderOrThrow());
    assertKnowsTwoPeersAndTheLeader();
  }

  @Test
  void aMemberAnswersRoutingFromItsDiskWhenItStarts() {
    stores.add(2);
    until("1 2L");
    cluster.runFor(Duration.ofSeconds(11)); // the cache is written at intervals
    stores.kill(1);
    Node node = cluster.leaderOrThrow();
    cluster.crash(node);
    cluster.restart(node);
    assertKnowsTwoPeersAndTheLeader();
  }

  private void assertKnowsTwoPeersAndTheLeader() {
    GetRegionResponse response =
        cluster.onLeader(
            GetRegionRequest.newBuilder().setHeader(cluster.header()).build(), Pd::getRegion);
    assertThat(response.getRegion().getId()).isEqualTo(2);
    assertThat(response.getRegion().getPeersCount()).isEqualTo(2);
    assertThat(response.getLeader().getStoreId()).isEqualTo(1);
    assertThat(explain().getDecision()).contains("it has not reported since");
  }

  @Test
  void withoutAnyCacheTheFirstRegionAnswersForAllKeys() {
    stores.kill(1);
    Node node = cluster.leaderOrThrow();
    cluster.crash(node);
    cluster.restart(node);
    GetRegionResponse response =
        cluster.onLeader(
            GetRegionRequest.newBuilder().setHeader(cluster.header()).build(), Pd::getRegion);
    assertThat(response.getRegion().getId()).isEqualTo(2);
    assertThat(response.getRegion().getPeersList()).isNotEmpty();
  }

  @Test
  void noOperatorIsAnsweredAsNotFound() {
    var response =
        cluster.onLeader(
            GetOperatorRequest.newBuilder().setHeader(cluster.header()).setRegionId(2).build(),
            Pd::getOperator);
    assertThat(response.getHeader().getError().getType()).isEqualTo(ErrorType.REGION_NOT_FOUND);
    assertThat(response.getDesc().isEmpty()).isTrue();
  }

  @Test
  void staleHeartbeatsAreAnsweredWithAnErrorAndTheStreamStays() {
    stores.add(2);
    until("1 2L");
    cluster.runFor(Duration.ofSeconds(2));
    long confVer = stores.region.epoch().confVer();
    stores.region =
        stores.region.withPeers(List.of(stores.region.peers().getFirst()), RegionEpoch.FIRST);
    cluster.runFor(Duration.ofSeconds(3));
    assertThat(stores.history).anyMatch(line -> line.startsWith("error: Region 2 is known at"));
    var region =
        cluster
            .onLeader(
                GetRegionRequest.newBuilder().setHeader(cluster.header()).build(), Pd::getRegion)
            .getRegion();
    assertThat(region.getRegionEpoch().getConfVer()).isEqualTo(confVer);
    assertThat(region.getPeersCount()).isEqualTo(2);
  }

  /** Whoever reaches the port can say anything of any Region; PD looks at what it takes in. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void noRegionThatIsReportedEndsPd(long seed) {
    Random random = new Random(seed);
    stores.add(2);
    stores.add(3);
    until("1 2 3");
    stores.regionIsSilent = true; // its true epochs are behind from here on
    HeartbeatStream stream =
        cluster
            .leaderOrThrow()
            .pd()
            .openHeartbeats(
                new InstructionSink() {
                  @Override
                  public void instruct(RegionHeartbeatResponse instruction) {}

                  @Override
                  public void end(PdRefusal why) {}
                });
    for (int i = 0; i < 2_000; i++) {
      stream.heartbeat(anyReport(random, 100 + i), () -> {});
      if (i % 10 == 0) {
        cluster.step();
      }
    }
    cluster.runFor(Duration.ofSeconds(10));
    assertThat(cluster.leaderOrThrow().running().regions().size()).isGreaterThan(500);
  }

  private RegionHeartbeatRequest anyReport(Random random, long epoch) {
    var region = dev.terrane.proto.metapb.Region.newBuilder().setId(epoch - random.nextInt(3));
    region
        .setStartKey(ByteString.copyFromUtf8("k%06d".formatted(epoch)))
        .setEndKey(ByteString.copyFromUtf8("k%06d".formatted(epoch + 1 + random.nextInt(2))));
    region.getRegionEpochBuilder().setVersion(epoch).setConfVer(epoch);
    RegionHeartbeatRequest.Builder report =
        RegionHeartbeatRequest.newBuilder().setHeader(cluster.header()).setTerm(epoch);
    int peers = 1 + random.nextInt(4);
    for (int i = 0; i < peers; i++) {
      var peer =
          dev.terrane.proto.metapb.Peer.newBuilder()
              .setId(random.nextInt(8) == 0 ? random.nextInt(3) : 10 + i)
              .setStoreId(random.nextInt(8) == 0 ? 1 : 1 + i % 3)
              .setRoleValue(random.nextInt(3) == 0 ? random.nextInt(5) : 0)
              .build();
      region.addPeers(peer);
      if (random.nextInt(3) == 0) {
        report.addPendingPeers(peer);
      }
      if (random.nextInt(3) == 0) {
        report.addDownPeersBuilder().setPeer(peer).setDownSeconds(random.nextLong());
      }
    }
    return report
        .setRegion(region)
        .setLeader(region.getPeers(random.nextInt(peers)))
        .setApproximateSize(random.nextLong())
        .build();
  }
}
