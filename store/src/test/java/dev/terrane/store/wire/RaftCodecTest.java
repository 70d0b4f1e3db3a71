package dev.terrane.store.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.common.Bytes;
import dev.terrane.proto.terranepb.RaftEntry;
import dev.terrane.proto.terranepb.RaftMessage;
import dev.terrane.proto.terranepb.RaftMessageKind;
import dev.terrane.raft.Entry;
import dev.terrane.raft.EntryKind;
import dev.terrane.raft.Membership;
import dev.terrane.raft.Message;
import dev.terrane.raft.Snapshot;
import dev.terrane.raft.SnapshotMeta;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RaftCodecTest {
  static Stream<Message> everyKind() {
    List<Entry> entries =
        List.of(
            new Entry(6, 3, EntryKind.NORMAL, Bytes.ofUtf8("a")),
            new Entry(7, 4, EntryKind.CONF_CHANGE, Bytes.ofUtf8("bb")),
            new Entry(8, 4, EntryKind.ADMIN, Bytes.EMPTY));
    return Stream.of(
        new Message.AppendEntries(1, 2, 9, 5, 3, entries, 4, 11),
        new Message.AppendEntries(1, 2, 9, 5, 3, List.of(), 4, 11),
        new Message.AppendAccepted(1, 2, 9, 8, 11),
        new Message.AppendRejected(1, 2, 9, 8, 6, 3, 11),
        new Message.CommitAdvanced(1, 2, 9, 7),
        new Message.Heartbeat(1, 2, 9, 7, 12),
        new Message.HeartbeatAck(1, 2, 9, 12),
        new Message.RequestPreVote(1, 2, 9, 8, 4, 7, 2),
        new Message.PreVoteResult(1, 2, 9, 8, true),
        new Message.RequestVote(1, 2, 9, 8, 4, 7, 2, true),
        new Message.VoteResult(1, 2, 9, true),
        new Message.TransferLeader(1, 2, 9, 5),
        new Message.TimeoutNow(1, 2, 9),
        new Message.InstallSnapshot(
            1, 2, 9, new Snapshot(new SnapshotMeta(8, 4, Membership.NONE), Bytes.EMPTY)),
        new Message.ReadIndexRequest(1, 2, 9, 77, Bytes.ofUtf8("context")),
        new Message.ReadIndexResponse(1, 2, 9, 77, 8),
        new Message.HibernateRequest(1, 2, 9, 8, 13),
        new Message.HibernateAck(1, 2, 9, 13, true),
        new Message.WakeUp(1, 2, 9),
        new Message.StaleTerm(1, 2, 9));
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void givesBackWhatItWasGiven(Message message) throws Exception {
    byte[] wire = RaftCodec.encode(message).toByteArray();

    assertThat(RaftCodec.decode(1, 2, RaftMessage.parseFrom(wire))).isEqualTo(message);
  }

  @Test
  void theKindsAboveAreAllThereAre() {
    assertThat(everyKind().map(Object::getClass).distinct())
        .hasSize(Message.class.getPermittedSubclasses().length);
    assertThat(everyKind().map(m -> RaftCodec.encode(m).getKind()).distinct())
        .hasSize(
            (int)
                Arrays.stream(RaftMessageKind.values())
                    .filter(k -> k != RaftMessageKind.UNRECOGNIZED)
                    .filter(k -> k != RaftMessageKind.RAFT_MESSAGE_UNKNOWN)
                    .count());
  }

  @Test
  void refusesKindsAndEntriesThatItDoesNotKnow() {
    assertThatThrownBy(
            () -> RaftCodec.decode(1, 2, RaftMessage.newBuilder().setKindValue(99).build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("99");
    RaftMessage.Builder append =
        RaftMessage.newBuilder().setKind(RaftMessageKind.APPEND_ENTRIES).setTerm(1);
    assertThatThrownBy(
            () -> RaftCodec.decode(1, 2, append.clone().addEntries(RaftEntry.newBuilder()).build()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() ->
            RaftCodec.decode(
                1,
                2,
                append.clone().addEntries(RaftEntry.newBuilder().setTerm(1).setKind(9)).build()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
