package dev.terrane.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.region.Peer;
import dev.terrane.common.region.PeerRole;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionContext;
import dev.terrane.common.region.RegionEpoch;
import dev.terrane.common.region.RegionError;
import dev.terrane.engine.log.Tombstone;
import dev.terrane.proto.eraftpb.ConfChangeType;
import dev.terrane.proto.terranepb.RaftEnvelope;
import dev.terrane.proto.terranepb.RaftMessage;
import dev.terrane.proto.terranepb.RaftMessageKind;
import dev.terrane.txn.ReadMode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers come and go as PD asks. */
class MembershipTest {
  @Test
  void aLearnerReceivesDataAndDoesNotVote() {
    ClusterHarness cluster = ClusterHarness.ofOne(1);
    cluster.put("k", "v");
    StoreHarness learner = cluster.addStore();

    cluster.addLearner(learner);

    assertThat(ClusterHarness.stored(learner, "k")).isEqualTo("v");
    assertThat(cluster.get(learner, ReadMode.REPLICA, "k")).isEqualTo("v");
    learner.kill();
    cluster.put("k", "w"); // the one voter needs nobody
    assertThat(cluster.get("k")).isEqualTo("w");
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  void aRemovedPeerIsDestroyedAndLeavesATombstone(long seed) {
    ClusterHarness cluster = ClusterHarness.ofThree(seed);
    cluster.put("k", "v");
    StoreHarness gone = ReplicationTest.other(cluster, cluster.awaitLeader());
    long peerId = cluster.context(gone).peerId();

    cluster.changePeer(ConfChangeType.RemoveNode, peerId, gone);
    cluster.await("the peer is gone", () -> gone.peer(cluster.regionId()) == null);
    cluster.await("its data is cleared", () -> ClusterHarness.stored(gone, "k") == null);

    assertThat(gone.log().tombstone(cluster.regionId()))
        .extracting(Tombstone::peerId)
        .isEqualTo(peerId);
    assertThat(gone.log().hardState(cluster.regionId())).isNull();
    gone.losePower();
    gone.start();
    cluster.runFor(Duration.ofSeconds(5));
    assertThat(gone.peer(cluster.regionId())).as("a tombstone is not revived").isNull();
    assertThat(ClusterHarness.stored(gone, "k")).isNull();
  }

  @Test
  void aPeerThatSleptThroughItsRemovalLearnsOfItFromAMember() {
    ClusterHarness cluster = ClusterHarness.ofThree(5);
    cluster.put("k", "v");
    StoreHarness gone = ReplicationTest.other(cluster, cluster.awaitLeader());
    long peerId = cluster.context(gone).peerId();
    cluster.network().isolate(gone.storeId(), ReplicationTest.storeIds(cluster));
    cluster.changePeer(ConfChangeType.RemoveNode, peerId, gone);
    cluster.runFor(Duration.ofSeconds(10));
    assertThat(gone.peer(cluster.regionId())).isNotNull();

    cluster.network().heal();

    cluster.await("the peer is gone", () -> gone.peer(cluster.regionId()) == null);
  }

  @Test
  void aMemberThatLagsDoesNotSendANewerPeerAway() {
    ClusterHarness cluster = ClusterHarness.ofThree(9);
    cluster.put("k", "v");
    StoreHarness lagging = ReplicationTest.other(cluster, cluster.awaitLeader());
    cluster.network().isolate(lagging.storeId(), ReplicationTest.storeIds(cluster));
    StoreHarness fresh = cluster.addStore();
    fresh.disk().hold("receive-snapshot"::equals); // it stays without data
    long peerId = cluster.pd().nextId();
    cluster.changePeer(ConfChangeType.AddLearnerNode, peerId, fresh);
    cluster.await("a blank peer", () -> fresh.peer(cluster.regionId()) != null);

    lagging
        .store()
        .onRaftBatch(
            Strangers.batchOf(fresh, lagging)
                .addEnvelopes(
                    RaftEnvelope.newBuilder()
                        .setRegionId(cluster.regionId())
                        .setFromPeer(FakePd.peer(peerId, fresh.storeId()))
                        .setToPeer(
                            FakePd.peer(cluster.context(lagging).peerId(), lagging.storeId()))
                        .setMessage(
                            RaftMessage.newBuilder()
                                .setKind(RaftMessageKind.STALE_TERM)
                                .setTerm(1)))
                .build());
    cluster.runFor(Duration.ofMillis(500));

    assertThat(fresh.log().tombstone(cluster.regionId())).isNull();
    fresh.disk().release();
    cluster.await("data", () -> cluster.hasData(fresh, peerId));
  }

  @Test
  void aRemovedPeerMayComeBackUnderANewId() {
    ClusterHarness cluster = ClusterHarness.ofThree(6);
    cluster.put("k", "v");
    StoreHarness store = ReplicationTest.other(cluster, cluster.awaitLeader());
    long oldPeer = cluster.context(store).peerId();
    cluster.changePeer(ConfChangeType.RemoveNode, oldPeer, store);
    cluster.put("k2", "v2");

    long newPeer = cluster.addLearner(store);
    cluster.changePeer(ConfChangeType.AddNode, newPeer, store);

    assertThat(cluster.get(store, ReadMode.REPLICA, "k2")).isEqualTo("v2");
    Region region = cluster.region();
    assertThat(region.peer(newPeer)).extracting(Peer::role).isEqualTo(PeerRole.VOTER);
    assertThat(region.peer(oldPeer)).isNull();
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void jointChangesSurviveACrashOfEveryStoreInTheMiddle(long seed) {
    ClusterHarness cluster = ClusterHarness.ofOne(seed);
    cluster.put("k", "v");
    long second = cluster.addLearner(cluster.addStore());
    long third = cluster.addLearner(cluster.addStore());
    cluster.enterJoint(
        ClusterHarness.change(ConfChangeType.AddNode, second, cluster.store(1)),
        ClusterHarness.change(ConfChangeType.AddNode, third, cluster.store(2)));

    for (StoreHarness store : cluster.stores()) {
      store.losePower();
    }
    for (StoreHarness store : cluster.stores()) {
      store.start();
    }
    cluster.leaveJoint();

    Region region = cluster.region();
    assertThat(region.peers()).extracting(Peer::role).containsOnly(PeerRole.VOTER).hasSize(3);
    assertThat(cluster.get("k")).isEqualTo("v");
  }

  @Test
  void refusesAWishThatIsBasedOnAnotherMembership() {
    ClusterHarness cluster = ClusterHarness.ofThree(7);
    StoreHarness leader = cluster.awaitLeader();
    Region before = cluster.region();
    var stale =
        cluster
            .pd()
            .instruction(cluster.regionId())
            .setRegionEpoch(
                dev.terrane.proto.metapb.RegionEpoch.newBuilder()
                    .setConfVer(before.epoch().confVer() - 1)
                    .setVersion(before.epoch().version()))
            .setChangePeer(
                ClusterHarness.change(
                    ConfChangeType.RemoveNode,
                    cluster.context(cluster.store(1)).peerId(),
                    cluster.store(1)))
            .build();

    leader.store().onPdInstruction(stale);
    cluster.runFor(Duration.ofSeconds(2));

    assertThat(cluster.region()).isEqualTo(before);
  }

  @Test
  void aStaleContextIsToldTheRegionAsItIs() {
    ClusterHarness cluster = ClusterHarness.ofOne(8);
    StoreHarness store = cluster.store(0);
    var context = cluster.context(store);
    var stale =
        new RegionContext(
            context.regionId(), new RegionEpoch(1, 2), context.peerId(), context.storeId(), 0);

    var outcome = cluster.write(store, stale, "k", "v", null);

    assertThat(outcome.error).isEqualTo(new RegionError.EpochNotMatch(List.of(cluster.region())));
  }
}
