package dev.terrane.pd;

import dev.terrane.common.TimeSource;
import dev.terrane.common.contact.Contacts;
import dev.terrane.pd.state.ClusterState;
import dev.terrane.proto.terranepd.Member;
import dev.terrane.proto.terranepd.PdRaftBatch;
import dev.terrane.proto.terranepd.RegionRecord;
import dev.terrane.raft.Message;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What members say to each other, in both directions: whom to believe, and what every message says
 * of its sender.
 *
 * <p>Confined to the member's thread. A crash forgets whom it knows; the next life asks again.
 */
final class MemberMail {
  private final long memberId;
  private final Supplier<@Nullable ClusterState> state;
  private final PdTransport transport;
  private final TimeSource time;
  private final Contacts<PdRaftBatch> contacts;

  MemberMail(
      long memberId,
      Supplier<@Nullable ClusterState> state,
      PdTransport transport,
      TimeSource time,
      RandomGenerator random) {
    this.memberId = memberId;
    this.state = state;
    this.transport = transport;
    this.time = time;
    this.contacts = new Contacts<>(random, PdRaftBatch::getSerializedSize);
  }

  /** How other members show that they are who they say; for tests. */
  Contacts<PdRaftBatch> contacts() {
    return contacts;
  }

  // ---- in

  /**
   * What may be believed now that {@code batch} has come: nothing that is of another cluster, or of
   * a sender that has yet to show that it is where that member is found.
   */
  List<PdRaftBatch> believed(PdRaftBatch batch) {
    ClusterState known = state.get();
    long from = batch.getFromMemberId();
    if (!isOurs(known, batch) || from <= 0 || from == memberId) {
      return List.of();
    }
    List<PdRaftBatch> believed =
        contacts.received(from, batch.getFromIncarnation(), batch.getToIncarnation(), batch);
    boolean mayBeMember = known == null || known.members().get(from) != null;
    if (believed.isEmpty()
        && mayBeMember
        && contacts.mayAnswer(from, batch.getFromIncarnation(), time.nanoTime())) {
      transmit(from, PdRaftBatch.newBuilder());
    }
    return believed;
  }

  private static boolean isOurs(@Nullable ClusterState known, PdRaftBatch batch) {
    return known == null || batch.getClusterId() == 0 || batch.getClusterId() == known.clusterId();
  }

  // ---- out

  /** Sends Raft's messages, one batch to each member. */
  void send(List<Message> messages) {
    SortedMap<Long, PdRaftBatch.Builder> batchByMember = new TreeMap<>();
    for (Message message : messages) {
      batchByMember
          .computeIfAbsent(message.to(), id -> PdRaftBatch.newBuilder())
          .addMessages(PdRaftCodec.encode(message));
    }
    batchByMember.forEach(this::transmit);
  }

  /** So that whatever is said between members later is believed at once. */
  void greet(List<Member> members) {
    for (Member other : members) {
      if (other.getId() != memberId && contacts.expect(other.getId())) {
        transmit(other.getId(), PdRaftBatch.newBuilder());
      }
    }
  }

  /** Tells the other members about Regions. */
  void share(List<Member> members, List<RegionRecord> regions) {
    for (Member other : members) {
      if (other.getId() != memberId) {
        transmit(other.getId(), PdRaftBatch.newBuilder().addAllRegions(regions));
      }
    }
  }

  private void transmit(long toMemberId, PdRaftBatch.Builder batch) {
    ClusterState known = state.get();
    transport.send(
        toMemberId,
        batch
            .setClusterId(known == null ? 0 : known.clusterId())
            .setFromMemberId(memberId)
            .setFromIncarnation(contacts.ours(toMemberId))
            .setToIncarnation(contacts.theirs(toMemberId))
            .build());
  }
}
