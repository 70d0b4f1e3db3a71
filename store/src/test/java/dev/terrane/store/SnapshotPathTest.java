package dev.terrane.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.terrane.common.Bytes;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.eraftpb.ConfChangeType;
import dev.terrane.proto.metapb.Region;
import dev.terrane.proto.metapb.RegionEpoch;
import dev.terrane.proto.terranepb.RaftEnvelope;
import dev.terrane.proto.terranepb.RaftMessageKind;
import dev.terrane.proto.terranepb.SnapshotChunk;
import dev.terrane.proto.terranepb.SnapshotData;
import dev.terrane.proto.terranepb.SnapshotDone;
import dev.terrane.proto.terranepb.SnapshotHead;
import dev.terrane.proto.terranepb.SnapshotMeta;
import dev.terrane.proto.terranepb.SnapshotOffer;
import dev.terrane.proto.terranepb.SnapshotTail;
import dev.terrane.store.wire.Pairs;
import dev.terrane.store.wire.Records;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whatever a snapshot holds on its way is given back, wherever the way ends. */
class SnapshotPathTest {
  private static final int KEYS = 60;

  /** A store with data, and one more whose learner is to get a snapshot at 16 KiB a second. */
  private static final class Pair {
    final ClusterHarness cluster;
    final StoreHarness sender;
    final StoreHarness fresh;
    final long peerId;

    Pair(long seed) {
      cluster =
          ClusterHarness.ofOne(seed, ClusterHarness.CONFIG.withSnapshots(0, 1 << 10, 16 << 10));
      for (int i = 0; i < KEYS; i++) {
        cluster.put("k" + i, i + "x".repeat(1000));
      }
      sender = cluster.store(0);
      fresh = cluster.addStore();
      peerId = cluster.pd().nextId();
    }

    void addLearner() {
      cluster.changePeer(ConfChangeType.AddLearnerNode, peerId, fresh);
    }

    void awaitHalf() {
      cluster.await("half of it", () -> cluster.network().snapshotBytes() > KEYS * 1000 / 2);
    }

    long open() {
      return sender.engine().statistics().snapshots();
    }
  }

  // ---- the sender

  @Test
  void nothingIsOpenedBeforeTheReceiverPermits() {
    Pair pair = new Pair(1);
    pair.fresh.disk().hold("receive-snapshot"::equals);
    pair.addLearner();

    for (int i = 0; i < 100; i++) {
      pair.cluster.runFor(Duration.ofMillis(50));
      assertThat(pair.open()).isZero();
    }

    pair.fresh.disk().release();
    pair.cluster.await("data", () -> pair.cluster.hasData(pair.fresh, pair.peerId));
    pair.cluster.await("the source is closed", () -> pair.open() == 0);
  }

  @Test
  void aSourceThatIsOpenedTooLateIsClosed() {
    Pair pair = new Pair(2);
    pair.sender.disk().hold("open-snapshot"::equals);
    pair.addLearner();
    pair.cluster.await("it is permitted", () -> pair.sender.disk().isWaiting("open-snapshot"));
    pair.cluster.runFor(Duration.ofSeconds(70)); // the receiver gives it up

    pair.sender.disk().release();
    pair.cluster.await("another brings data", () -> pair.cluster.hasData(pair.fresh, pair.peerId));
    pair.cluster.runFor(Duration.ofSeconds(1));

    assertThat(pair.open()).isZero();
  }

  @Test
  void aSourceThatIsOpenedAfterItsReceiverDiedIsClosed() {
    Pair pair = new Pair(3);
    pair.sender.disk().hold("open-snapshot"::equals);
    pair.addLearner();
    pair.cluster.await("it is permitted", () -> pair.sender.disk().isWaiting("open-snapshot"));
    pair.cluster.changePeer(ConfChangeType.RemoveNode, pair.peerId, pair.fresh);
    pair.cluster.runFor(Duration.ofSeconds(1));

    pair.sender.disk().release();
    pair.cluster.runFor(Duration.ofSeconds(1));

    assertThat(pair.open()).isZero();
  }

  @Test
  void theSourceIsClosedWhenTheReceiverDies() {
    Pair pair = new Pair(4);
    pair.addLearner();
    pair.awaitHalf();
    assertThat(pair.open()).isEqualTo(1);

    pair.fresh.kill();
    pair.cluster.await("it is closed", () -> pair.open() == 0);

    pair.fresh.start();
    pair.cluster.await("data", () -> pair.cluster.hasData(pair.fresh, pair.peerId));
  }

  @Test
  void theSourceIsClosedWhenTheReceiverStandsStill() {
    Pair pair = new Pair(5);
    pair.addLearner();
    pair.awaitHalf();

    pair.fresh.pause(true);
    pair.cluster.runFor(Duration.ofSeconds(65));
    assertThat(pair.open()).isZero();

    pair.fresh.pause(false);
    pair.cluster.await("data", () -> pair.cluster.hasData(pair.fresh, pair.peerId));
  }

  @Test
  void theSourceIsClosedWhenThePeerIsRemoved() {
    Pair pair = new Pair(6);
    pair.addLearner();
    pair.awaitHalf();

    pair.cluster.changePeer(ConfChangeType.RemoveNode, pair.peerId, pair.fresh);
    pair.cluster.runFor(Duration.ofSeconds(1));

    assertThat(pair.open()).isZero();
    pair.cluster.await("no file is left", () -> pair.fresh.files().names().isEmpty());
  }

  @Test
  void theSourceIsClosedWhenTheSenderLeadsNoMore() {
    ClusterHarness cluster =
        ClusterHarness.ofThree(7, ClusterHarness.CONFIG.withSnapshots(0, 1 << 10, 16 << 10));
    for (int i = 0; i < KEYS; i++) {
      cluster.put("k" + i, i + "x".repeat(1000));
    }
    StoreHarness old = cluster.awaitLeader();
    long before = cluster.network().snapshotBytes();
    StoreHarness fresh = cluster.addStore();
    long peerId = cluster.pd().nextId();
    cluster.changePeer(ConfChangeType.AddLearnerNode, peerId, fresh);
    cluster.await("half of it", () -> cluster.network().snapshotBytes() > before + KEYS * 500);

    cluster.transferLeader(ReplicationTest.other(cluster, old));
    cluster.runFor(Duration.ofSeconds(1));

    assertThat(old.engine().statistics().snapshots()).isZero();
    cluster.await("data from the other", () -> cluster.hasData(fresh, peerId));
  }

  @Test
  void theSourceIsClosedWhenTheStoreStops() {
    Pair pair = new Pair(8);
    pair.addLearner();
    pair.awaitHalf();

    pair.sender.store().close();
    while (pair.sender.disk().runOne()) {
      // as the I/O threads finish what they were given
    }

    assertThat(pair.open()).isZero();
  }

  // ---- the receiver

  /** A stream to a store, by hand. */
  private static final class Stream implements SnapshotReceiver.Reply {
    final SnapshotReceiver receiver;
    boolean permitted;
    @Nullable SnapshotDone done;

    Stream(StoreHarness store) {
      receiver = store.store().onSnapshot(this);
    }

    @Override
    public void permitted() {
      assertThat(done).isNull();
      permitted = true;
    }

    @Override
    public void done(SnapshotDone answer) {
      assertThat(done).as("answered twice").isNull();
      done = answer;
    }

    void send(SnapshotChunk chunk) {
      receiver.onChunk(chunk, () -> {});
    }

    void offer(SnapshotOffer offer) {
      send(SnapshotChunk.newBuilder().setOffer(offer).build());
    }

    boolean isAnswered() {
      return permitted || done != null;
    }

    String refusal() {
      SnapshotDone answer = done;
      assertThat(answer).as("an answer").isNotNull();
      if (answer == null) {
        return "";
      }
      assertThat(answer.getAccepted()).isFalse();
      return answer.getReason();
    }
  }

  /** A store that has no Region, and is offered snapshots by hand. */
  private static final class Receiver {
    final ClusterHarness cluster;
    final StoreHarness store;

    Receiver(long seed) {
      cluster = ClusterHarness.ofOne(seed);
      store = cluster.addStore();
    }

    Receiver(ClusterHarness cluster, StoreHarness store) {
      this.cluster = cluster;
      this.store = store;
    }

    SnapshotOffer.Builder offer(long regionId, String start, String end) {
      return offerFrom(99, regionId, start, end);
    }

    /** From a store that has shown that it is that one. */
    SnapshotOffer.Builder offerFrom(long storeId, long regionId, String start, String end) {
      return SnapshotOffer.newBuilder()
          .setFormatVersion(Records.FORMAT)
          .setClusterId(StoreHarness.CLUSTER_ID)
          .setFromStoreId(storeId)
          .setToStoreId(store.storeId())
          .setToIncarnation(store.store().contacts().ours(storeId))
          .setEnvelope(
              RaftEnvelope.newBuilder()
                  .setRegionId(regionId)
                  .setFromPeer(FakePd.peer(regionId + 1, storeId))
                  .setToPeer(FakePd.peer(regionId + 2, store.storeId()))
                  .setEpoch(RegionEpoch.newBuilder().setConfVer(3).setVersion(2))
                  .setStartKey(ByteString.copyFromUtf8(start))
                  .setEndKey(ByteString.copyFromUtf8(end)));
    }

    Stream offered(long regionId, String start, String end) {
      return offered(offer(regionId, start, end));
    }

    Stream offered(SnapshotOffer.Builder offer) {
      Stream stream = new Stream(store);
      stream.offer(offer.build());
      settle();
      return stream;
    }

    Stream sent(SnapshotChunk.Builder chunk) {
      Stream stream = new Stream(store);
      stream.send(chunk.build());
      settle();
      return stream;
    }

    void settle() {
      cluster.runFor(Duration.ofMillis(50));
    }
  }

  @Test
  void ofTwoThatOverlapOneIsPermitted() {
    Receiver to = new Receiver(20);

    Stream first = to.offered(100, "a", "m");
    Stream second = to.offered(200, "f", "z");

    assertThat(first.permitted).isTrue();
    assertThat(second.refusal()).contains("overlaps region 100");
    first.receiver.onFailed("the sender has died");
    to.settle();
    assertThat(to.offered(200, "f", "z").permitted).as("the claim ended with the stream").isTrue();
  }

  @Test
  void theSameRegionIsNotPermittedTwice() {
    Receiver to = new Receiver(21);
    assertThat(to.offered(100, "a", "m").permitted).isTrue();
    Stream second = to.offered(to.offerFrom(98, 100, "a", "m"));
    assertThat(second.refusal()).contains("region 100");
  }

  @Test
  void whoOffersAnewOrInALaterTermTakesThePlaceOfTheOneBefore() {
    Receiver to = new Receiver(26);
    Stream first = to.offered(100, "a", "m");
    Stream otherStore = to.offered(to.offerFrom(98, 100, "a", "m"));
    assertThat(otherStore.refusal()).as("of the same term").contains("region 100");

    assertThat(to.offered(to.offer(100, "a", "m").setClusterId(1)).refusal()).contains("store");
    assertThat(first.done).as("what makes no sense disturbs nobody").isNull();
    Stream anew = to.offered(100, "a", "m");
    assertThat(first.refusal()).contains("offered anew");
    assertThat(anew.permitted).isTrue();

    SnapshotOffer.Builder later = to.offerFrom(98, 100, "a", "m");
    later.getEnvelopeBuilder().getMessageBuilder().setTerm(7);
    Stream newLeader = to.offered(later);
    assertThat(anew.refusal()).contains("offered anew");
    assertThat(newLeader.permitted).isTrue();
    assertThat(to.offered(100, "a", "m").refusal()).as("of an earlier term").contains("100");
  }

  @Test
  void whatFindsNoPlaceWaitsForOne() {
    Receiver to = new Receiver(22);
    Stream first = to.offered(100, "a", "b");
    Stream second = to.offered(200, "b", "c");
    Stream third = to.offered(300, "c", "d");
    Stream overlapping = to.offered(400, "c", "e");
    assertThat(first.permitted && second.permitted).isTrue();
    assertThat(third.isAnswered() || overlapping.isAnswered()).isFalse();

    second.receiver.onEnd();
    to.settle();
    assertThat(third.permitted).isTrue();
    first.receiver.onFailed("gone");
    to.settle();

    assertThat(overlapping.refusal()).as("by what came while it waited").contains("region 300");
  }

  @Test
  void aSenderThatSendsNothingIsGivenUp() {
    Receiver to = new Receiver(23);
    Stream silent = to.offered(100, "a", "m");
    Stream gone = to.offered(200, "m", "n");
    assertThat(silent.permitted && gone.permitted).isTrue();

    to.cluster.runFor(Duration.ofSeconds(65));

    assertThat(silent.refusal()).contains("nothing came");
    assertThat(to.offered(300, "a", "z").permitted).isTrue();
  }

  /** While no I/O thread comes to it, the loop goes round some thousand times a second. */
  @Test
  void aSenderIsGivenUpOnce() {
    Receiver to = new Receiver(27);
    Stream silent = to.offered(100, "a", "m");
    assertThat(silent.permitted).isTrue();
    to.store.disk().hold("receive-snapshot"::equals);
    to.cluster.runFor(Duration.ofSeconds(65));

    to.store.disk().release();
    int steps = 0;
    while (to.store.disk().runOne()) {
      steps++;
    }

    assertThat(silent.refusal()).contains("nothing came");
    assertThat(steps).isLessThan(10);
  }

  @Test
  void aSenderThatStandsStillHoldsNothingHere() {
    Pair pair = new Pair(24);
    pair.addLearner();
    pair.awaitHalf();

    pair.sender.pause(true);
    pair.cluster.runFor(Duration.ofSeconds(65));
    assertThat(pair.fresh.files().names()).isEmpty();
    Receiver to = new Receiver(pair.cluster, pair.fresh);
    Stream other = to.offered(pair.cluster.regionId() + 100, "a", "z");
    assertThat(other.permitted).as("the claim is given back").isTrue();
    other.receiver.onFailed("it was only asked");

    pair.sender.pause(false);
    pair.cluster.await("data", () -> pair.cluster.hasData(pair.fresh, pair.peerId));
  }

  /**
   * Sends {@code head} of a snapshot that was permitted, then {@code chunks}, and the end of it.
   */
  private static String refusalOf(Receiver to, SnapshotHead.Builder head, SnapshotData... chunks) {
    Stream stream = to.offered(100, "a", "m");
    assertThat(stream.permitted).isTrue();
    stream.send(SnapshotChunk.newBuilder().setHead(head).build());
    SnapshotTail.Builder tail = SnapshotTail.newBuilder().setChunkCount(chunks.length);
    for (SnapshotData chunk : chunks) {
      stream.send(SnapshotChunk.newBuilder().setData(chunk).build());
      tail.setPairCount(tail.getPairCount() + chunk.getPairCount());
      tail.setDataBytes(tail.getDataBytes() + chunk.getPairs().size());
    }
    stream.send(SnapshotChunk.newBuilder().setTail(tail).build());
    to.settle();
    return stream.refusal();
  }

  private static SnapshotHead.Builder head(Receiver to) {
    SnapshotOffer.Builder offer = to.offer(100, "a", "m");
    RaftEnvelope.Builder envelope = offer.getEnvelopeBuilder();
    envelope
        .getMessageBuilder()
        .setKind(RaftMessageKind.INSTALL_SNAPSHOT)
        .setTerm(7)
        .setIndex(9)
        .setLogTerm(7);
    return SnapshotHead.newBuilder()
        .setClusterId(StoreHarness.CLUSTER_ID)
        .setFromStoreId(99)
        .setToStoreId(to.store.storeId())
        .setEnvelope(envelope)
        .setMeta(
            SnapshotMeta.newBuilder()
                .setFormatVersion(Records.FORMAT)
                .setIndex(9)
                .setTerm(7)
                .setRegion(
                    Region.newBuilder()
                        .setId(100)
                        .setStartKey(envelope.getStartKey())
                        .setEndKey(envelope.getEndKey())
                        .setRegionEpoch(envelope.getEpoch())
                        .addPeers(envelope.getFromPeer())
                        .addPeers(envelope.getToPeer())));
  }

  private static SnapshotData chunk(int sequence, String family, int valueBytes) {
    Pairs.Builder pairs = new Pairs.Builder(16);
    if (valueBytes > 0) {
      pairs.add(Bytes.ofUtf8("k" + sequence), Bytes.wrap(new byte[valueBytes]));
    }
    ByteString packed = ProtoBytes.toByteString(pairs.build());
    return SnapshotData.newBuilder()
        .setSequence(sequence)
        .setColumnFamily(family)
        .setPairs(packed)
        .setPairCount(pairs.count())
        .setPairsCrc(Pairs.crc(packed))
        .build();
  }

  /** A store that has shown itself may still be of another release, or broken. */
  @Test
  void aSnapshotThatMakesNoSenseEndsItsStreamAndNothingElse() {
    Receiver to = new Receiver(28);
    SnapshotHead.Builder ofAnImpossibleTerm = head(to);
    ofAnImpossibleTerm.getEnvelopeBuilder().getMessageBuilder().setTerm(-1);
    SnapshotHead.Builder withAnEmptyPeer = head(to);
    withAnEmptyPeer.getEnvelopeBuilder().clearFromPeer();

    assertThat(refusalOf(to, head(to), chunk(1, "default", 100_000), chunk(2, "write", 0)))
        .contains("chunk 2 holds no pairs");
    assertThat(refusalOf(to, ofAnImpossibleTerm, chunk(1, "default", 10))).contains("no sense");
    assertThat(refusalOf(to, withAnEmptyPeer, chunk(1, "default", 10))).contains("no sense");
    assertThat(to.store.files().names()).isEmpty();
  }

  @Test
  void whatMakesNoSenseIsRefusedByName() {
    Receiver to = new Receiver(25);
    SnapshotOffer.Builder good = to.offer(100, "a", "m");

    assertThat(to.offered(good.clone().setClusterId(1)).refusal()).contains("not the store");
    assertThat(to.offered(good.clone().setToStoreId(98)).refusal()).contains("not the store");
    assertThat(to.offered(good.clone().setFormatVersion(9)).refusal()).contains("format 9");
    assertThat(to.offered(100, "m", "a").refusal()).contains("no sense");
    Stream headFirst =
        to.sent(SnapshotChunk.newBuilder().setHead(SnapshotHead.getDefaultInstance()));
    Stream dataFirst =
        to.sent(SnapshotChunk.newBuilder().setData(SnapshotData.getDefaultInstance()));
    Stream twice = to.offered(good.clone());
    twice.offer(good.build());
    Stream otherHead = to.offered(good.clone());
    otherHead.send(SnapshotChunk.newBuilder().setHead(SnapshotHead.getDefaultInstance()).build());
    Stream nothing = to.sent(SnapshotChunk.newBuilder());
    to.settle();

    assertThat(headFirst.refusal()).contains("permit");
    assertThat(dataFirst.refusal()).contains("without a head");
    assertThat(twice.refusal()).contains("second offer");
    assertThat(otherHead.isAnswered()).isTrue();
    assertThat(nothing.refusal()).contains("empty");
    assertThat(to.offered(500, "", "").permitted).as("all is free").isTrue();
  }
}
