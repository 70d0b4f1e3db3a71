package dev.terrane.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.terrane.common.contact.Contacts;
import dev.terrane.proto.terranepb.LargeAppend;
import dev.terrane.proto.terranepb.RaftBatch;
import dev.terrane.proto.terranepb.RaftEntry;
import dev.terrane.proto.terranepb.RaftEnvelope;
import dev.terrane.proto.terranepb.RaftMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** That something large is on its way is said before, and believed of the leader. */
class LargeAppendTest {
  private static final long BYTES = 34 << 20;

  private static long peerId(ClusterHarness cluster, StoreHarness store) {
    return cluster.context(store).peerId();
  }

  /** The leader dies, and both followers are told by {@code teller}. How long nobody leads. */
  private static Duration withoutLeader(ClusterHarness cluster, boolean byTheLeader) {
    StoreHarness leader = cluster.awaitLeader();
    List<StoreHarness> followers =
        cluster.stores().stream().filter(store -> !store.equals(leader)).toList();
    List<RaftBatch> words = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      StoreHarness teller = byTheLeader ? leader : followers.get(1 - i);
      words.add(
          Strangers.batchOf(teller, followers.get(i))
              .addLarge(
                  LargeAppend.newBuilder()
                      .setRegionId(cluster.regionId())
                      .setFromPeerId(peerId(cluster, leader))
                      .setToPeerId(peerId(cluster, followers.get(i)))
                      .setBytes(BYTES))
              .build());
    }
    leader.kill();
    cluster.runFor(Duration.ofMillis(200)); // what it has sent arrives
    for (int i = 0; i < 2; i++) {
      followers.get(i).store().onRaftBatch(words.get(i));
    }
    long start = cluster.time().nanoTime();
    cluster.await(
        "another leader", () -> followers.stream().anyMatch(f -> f.leads(cluster.regionId())));
    return Duration.ofNanos(cluster.time().nanoTime() - start);
  }

  @Test
  void followersWaitForWhatTheirLeaderIsSending() {
    assertThat(withoutLeader(ClusterHarness.ofThree(1), true)).isGreaterThan(Duration.ofSeconds(8));
  }

  @Test
  void nobodyElseKeepsThemWaiting() {
    assertThat(withoutLeader(ClusterHarness.ofThree(1), false)).isLessThan(Duration.ofSeconds(5));
  }

  /** In a batch of its own, behind what says so. */
  @Test
  void whatWasGatheredBeforeGoesFirst() {
    List<RaftBatch> sent = new ArrayList<>();
    StoreTransport transport =
        new StoreTransport() {
          @Override
          public void prepare(long toStoreId) {}

          @Override
          public void send(long toStoreId, RaftBatch batch) {
            sent.add(batch);
          }

          @Override
          public SnapshotStream openSnapshot(long toStoreId, SnapshotStream.Listener listener) {
            throw new AssertionError("no snapshot is sent");
          }
        };
    Outbox outbox =
        new Outbox(
            new StoreIdentity(7, 1, 1),
            new Contacts<>(new Random(1), RaftBatch::getSerializedSize),
            transport,
            MetricsSink.NONE);
    RaftEnvelope heartbeat = RaftEnvelope.newBuilder().setRegionId(9).build();
    RaftEnvelope large =
        RaftEnvelope.newBuilder()
            .setRegionId(9)
            .setMessage(
                RaftMessage.newBuilder()
                    .addEntries(
                        RaftEntry.newBuilder().setData(ByteString.copyFrom(new byte[5 << 20]))))
            .build();

    outbox.add(2, heartbeat, 0);
    outbox.addLarge(2, large, 5 << 20);
    outbox.add(2, heartbeat, 0);
    outbox.flush();

    assertThat(sent).hasSize(3);
    assertThat(sent.get(0).getEnvelopesList()).containsExactly(heartbeat);
    assertThat(sent.get(0).getLargeList())
        .extracting(LargeAppend::getBytes)
        .containsExactly(5L << 20);
    assertThat(sent.get(1).getEnvelopesList()).containsExactly(large);
    assertThat(sent.get(1).getLargeList()).isEmpty();
    assertThat(sent.get(2).getEnvelopesList()).containsExactly(heartbeat);
  }
}
