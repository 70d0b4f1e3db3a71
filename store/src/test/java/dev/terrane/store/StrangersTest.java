package dev.terrane.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionEpoch;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.eraftpb.ConfChangeType;
import dev.terrane.proto.terranepb.PeerRemoved;
import dev.terrane.proto.terranepb.RaftBatch;
import dev.terrane.proto.terranepb.RaftEnvelope;
import dev.terrane.proto.terranepb.RaftMessage;
import dev.terrane.proto.terranepb.RaftMessageKind;
import dev.terrane.proto.terranepb.SnapshotChunk;
import dev.terrane.proto.terranepb.SnapshotDone;
import dev.terrane.proto.terranepb.SnapshotOffer;
import dev.terrane.raft.HardState;
import dev.terrane.store.wire.Records;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whoever reaches the port may say anything; only who is found where a store is, is believed. */
class StrangersTest {
  private static final long STRANGER = 999;

  private static RaftEnvelope.Builder envelope(
      ClusterHarness cluster, StoreHarness to, long fromPeer, long fromStore, long toPeer) {
    return RaftEnvelope.newBuilder()
        .setRegionId(cluster.regionId())
        .setEpoch(ProtoRegions.toProto(new RegionEpoch(1000, 1000)))
        .setFromPeer(FakePd.peer(fromPeer, fromStore))
        .setToPeer(FakePd.peer(toPeer, to.storeId()));
  }

  private static RaftMessage.Builder heartbeat(long term) {
    return RaftMessage.newBuilder().setKind(RaftMessageKind.HEARTBEAT).setTerm(term);
  }

  private static PeerRemoved removed(ClusterHarness cluster, long peerId, Peer... instead) {
    Region region = cluster.region();
    return PeerRemoved.newBuilder()
        .setRegionId(region.id())
        .setPeerId(peerId)
        .setRegion(
            ProtoRegions.toProto(
                new Region(
                    region.id(),
                    region.range(),
                    new RegionEpoch(region.epoch().confVer() + 7, region.epoch().version()),
                    List.of(instead))))
        .build();
  }

  @Test
  void aGreaterPeerIdDestroysNobody() {
    ClusterHarness cluster = ClusterHarness.ofOne(1);
    cluster.put("k", "v");
    StoreHarness store = cluster.store(0);
    long peerId = cluster.context(store).peerId();

    store
        .store()
        .onRaftBatch(
            Strangers.forged(STRANGER, store)
                .addEnvelopes(
                    envelope(cluster, store, 77, STRANGER, peerId + 1000).setMessage(heartbeat(1)))
                .build());
    cluster.runFor(Duration.ofSeconds(2));

    assertThat(store.peer(cluster.regionId())).isNotNull();
    assertThat(cluster.get("k")).isEqualTo("v");
  }

  @Test
  void norDoesItWhenAStoreSendsIt() {
    ClusterHarness cluster = ClusterHarness.ofThree(2);
    cluster.put("k", "v");
    StoreHarness one = cluster.store(1);
    StoreHarness two = cluster.store(2);
    long peerId = cluster.context(one).peerId();

    one.store()
        .onRaftBatch(
            Strangers.batchOf(two, one)
                .addEnvelopes(
                    envelope(
                            cluster,
                            one,
                            cluster.context(two).peerId(),
                            two.storeId(),
                            peerId + 1000)
                        .setMessage(heartbeat(1)))
                .build());
    cluster.runFor(Duration.ofSeconds(2));

    assertThat(cluster.context(one).peerId()).isEqualTo(peerId);
    assertThat(one.peer(cluster.regionId())).isNotNull();
  }

  @Test
  void aRemovalIsBelievedOfAMemberOnly() {
    ClusterHarness cluster = ClusterHarness.ofThree(3);
    StoreHarness one = cluster.store(1);
    StoreHarness two = cluster.store(2);
    StoreHarness bystander = cluster.addStore();
    long peerId = cluster.context(one).peerId();
    long other = cluster.context(two).peerId();

    one.store()
        .onRaftBatch(
            Strangers.forged(two.storeId(), one)
                .addRemoved(removed(cluster, peerId, Peer.voter(other, two.storeId())))
                .build());
    one.store()
        .onRaftBatch(
            Strangers.batchOf(bystander, one)
                .addRemoved(removed(cluster, peerId, Peer.voter(other, two.storeId())))
                .build());
    one.store()
        .onRaftBatch(
            Strangers.batchOf(two, one)
                .addRemoved(
                    removed(
                        cluster,
                        peerId,
                        Peer.voter(other, two.storeId()),
                        Peer.voter(peerId, one.storeId())))
                .build());
    cluster.runFor(Duration.ofSeconds(2));
    assertThat(one.peer(cluster.regionId())).isNotNull();

    one.store()
        .onRaftBatch(
            Strangers.batchOf(two, one)
                .addRemoved(removed(cluster, peerId, Peer.voter(other, two.storeId())))
                .build());
    cluster.await("it is believed", () -> one.peer(cluster.regionId()) == null);
  }

  @ParameterizedTest
  @EnumSource(
      value = RaftMessageKind.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"RAFT_MESSAGE_UNKNOWN", "UNRECOGNIZED"})
  void noTermIsEnteredAndNothingWrittenAtAStrangersWord(RaftMessageKind kind) {
    ClusterHarness cluster = ClusterHarness.ofThree(4);
    StoreHarness store = ReplicationTest.other(cluster, cluster.awaitLeader());
    StoreHarness named = cluster.awaitLeader();
    HardState before = store.log().hardState(cluster.regionId());
    long commit = before == null ? 0 : before.commit();
    RaftMessage.Builder message =
        RaftMessage.newBuilder()
            .setKind(kind)
            .setTerm(1L << 34)
            .setIndex(commit + 1000)
            .setCommit(commit + 1000)
            .setFlag(true);

    for (long fromStore : new long[] {named.storeId(), STRANGER}) {
      store
          .store()
          .onRaftBatch(
              Strangers.forged(fromStore, store)
                  .addEnvelopes(
                      envelope(
                              cluster,
                              store,
                              cluster.context(named).peerId(),
                              fromStore,
                              cluster.context(store).peerId())
                          .setMessage(message))
                  .build());
    }
    cluster.runFor(Duration.ofSeconds(2));

    assertThat(store.log().hardState(cluster.regionId()))
        .isNotNull()
        .extracting(HardState::term)
        .isEqualTo(before == null ? 0 : before.term());
    cluster.put("k", "v");
    assertThat(cluster.awaitLeader()).isEqualTo(named);
  }

  @Test
  void strangersMakeNoPeers() {
    ClusterHarness cluster = ClusterHarness.ofOne(5);
    StoreHarness empty = cluster.addStore();
    for (int i = 0; i < 500; i++) {
      RaftBatch.Builder batch = Strangers.forged(STRANGER + i, empty);
      for (RaftMessageKind kind :
          List.of(RaftMessageKind.HEARTBEAT, RaftMessageKind.REQUEST_VOTE)) {
        batch.addEnvelopes(
            envelope(cluster, empty, 77, STRANGER + i, 1_000_000)
                .setRegionId(kind.getNumber() * 1000L + i)
                .setMessage(RaftMessage.newBuilder().setKind(kind).setTerm(5).setIndex(9)));
      }
      empty.store().onRaftBatch(batch.build());
    }
    cluster.runFor(Duration.ofSeconds(2));

    assertThat(empty.store().status().regions()).isEmpty();
    assertThat(empty.log().regions()).isEmpty();
    cluster.addLearner(empty);
  }

  @Test
  void aTermThatNoElectionsLeadToIsMalformed() {
    ClusterHarness cluster = ClusterHarness.ofThree(6);
    StoreHarness one = cluster.store(1);
    StoreHarness two = cluster.store(2);
    for (long term : new long[] {Long.MAX_VALUE, Long.MIN_VALUE, -1}) {
      one.store()
          .onRaftBatch(
              Strangers.batchOf(two, one)
                  .addEnvelopes(
                      envelope(
                              cluster,
                              one,
                              cluster.context(two).peerId(),
                              two.storeId(),
                              cluster.context(one).peerId())
                          .setMessage(
                              RaftMessage.newBuilder()
                                  .setKind(RaftMessageKind.STALE_TERM)
                                  .setTerm(term)))
                  .build());
    }
    cluster.runFor(Duration.ofSeconds(3));
    cluster.put("k", "v");
    assertThat(cluster.awaitLeader().peer(cluster.regionId()))
        .extracting(StoreStatus.RegionStatus::term)
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LONG)
        .isLessThan(1000);
  }

  @Test
  void aStrangersSnapshotIsRefusedBeforeAnythingOfItIsTaken() {
    ClusterHarness cluster = ClusterHarness.ofThree(7);
    cluster.put("k", "v");
    StoreHarness one = cluster.store(1);
    StoreHarness two = cluster.store(2);
    List<SnapshotDone> answers = new ArrayList<>();
    SnapshotReceiver.Reply reply =
        new SnapshotReceiver.Reply() {
          @Override
          public void permitted() {
            throw new AssertionError("a stranger's snapshot may come");
          }

          @Override
          public void done(SnapshotDone done) {
            answers.add(done);
          }
        };

    one.store()
        .onSnapshot(reply)
        .onChunk(
            SnapshotChunk.newBuilder()
                .setOffer(
                    SnapshotOffer.newBuilder()
                        .setFormatVersion(Records.FORMAT)
                        .setClusterId(StoreHarness.CLUSTER_ID)
                        .setFromStoreId(two.storeId())
                        .setToStoreId(one.storeId())
                        .setEnvelope(
                            envelope(
                                    cluster,
                                    one,
                                    cluster.context(two).peerId(),
                                    two.storeId(),
                                    cluster.context(one).peerId())
                                .setMessage(RaftMessage.newBuilder().setTerm(1L << 34))))
                .build(),
            () -> {});
    cluster.runFor(Duration.ofSeconds(1));

    assertThat(answers).singleElement().extracting(SnapshotDone::getAccepted).isEqualTo(false);
    assertThat(answers.getFirst().getReason()).contains("shown that store");
    assertThat(cluster.get("k")).isEqualTo("v");
  }

  @Test
  void aStoreThatRestartsIsBelievedAgainAtOnce() {
    ClusterHarness cluster = ClusterHarness.ofThree(8);
    StoreHarness leader = cluster.awaitLeader();
    StoreHarness other = ReplicationTest.other(cluster, leader);
    other.kill();
    other.start();
    cluster.runFor(Duration.ofMillis(300));

    assertThat(
            other
                .store()
                .contacts()
                .isProven(leader.storeId(), leader.store().contacts().theirs(other.storeId())))
        .isTrue();
    assertThat(
            leader
                .store()
                .contacts()
                .isProven(other.storeId(), other.store().contacts().theirs(leader.storeId())))
        .isTrue();
  }

  @Test
  void aPeerWhoseSuccessorIsAwaitedAsksForTheMembershipAndGoes() {
    ClusterHarness cluster = ClusterHarness.ofThree(9);
    cluster.put("k", "v");
    StoreHarness store = ReplicationTest.other(cluster, cluster.awaitLeader());
    long oldPeer = cluster.context(store).peerId();
    store.kill();
    cluster.changePeer(ConfChangeType.RemoveNode, oldPeer, store);
    long newPeer = cluster.pd().nextId();
    cluster.changePeer(ConfChangeType.AddLearnerNode, newPeer, store);

    store.start();

    cluster.await("the new one has data", () -> cluster.hasData(store, newPeer));
  }
}
