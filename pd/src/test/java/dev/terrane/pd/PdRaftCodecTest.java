package dev.terrane.pd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.proto.terranepd.LogEntry;
import dev.terrane.proto.terranepd.PdRaftMessage;
import dev.terrane.raft.Entry;
import dev.terrane.raft.EntryKind;
import dev.terrane.raft.Membership;
import dev.terrane.raft.Message;
import dev.terrane.raft.PeerSet;
import dev.terrane.raft.Snapshot;
import dev.terrane.raft.SnapshotMeta;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every message comes back as it went; what no member can have sent is dropped. */
class PdRaftCodecTest {
  static List<Message> messages() {
    Entry entry = new Entry(8, 3, EntryKind.CONF_CHANGE, Bytes.ofUtf8("change"));
    Membership joint =
        new Membership(PeerSet.of(1, 2, 3), PeerSet.of(1, 5), PeerSet.of(4), PeerSet.of(5));
    return List.of(
        new Message.AppendEntries(1, 2, 3, 7, 2, List.of(entry), 6, 9),
        new Message.AppendAccepted(2, 1, 3, 8, 9),
        new Message.AppendRejected(2, 1, 3, 7, 5, 2, 9),
        new Message.CommitAdvanced(1, 2, 3, 8),
        new Message.Heartbeat(1, 2, 3, 6, 9),
        new Message.HeartbeatAck(2, 1, 3, 9),
        new Message.RequestPreVote(1, 2, 3, 8, 2, 7, 2),
        new Message.PreVoteResult(2, 1, 3, 3, true),
        new Message.RequestVote(1, 2, 3, 8, 2, 7, 2, true),
        new Message.VoteResult(2, 1, 3, false),
        new Message.TransferLeader(2, 1, 3, 2),
        new Message.TimeoutNow(1, 2, 3),
        new Message.InstallSnapshot(
            1, 2, 3, new Snapshot(new SnapshotMeta(8, 3, joint), Bytes.ofUtf8("state"))),
        new Message.ReadIndexRequest(2, 1, 3, 77, Bytes.ofUtf8("keys")),
        new Message.ReadIndexResponse(1, 2, 3, 77, 8),
        new Message.StaleTerm(2, 1, 3));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void comesBackAsItWent(Message message) {
    assertThat(PdRaftCodec.decode(PdRaftCodec.encode(message))).isEqualTo(message);
  }

  @Test
  void dropsWhatNoMemberCanHaveSent() {
    PdRaftMessage.Builder message = PdRaftMessage.newBuilder().setFrom(1).setTo(2).setTerm(3);
    assertThat(PdRaftCodec.decode(message.build())).as("no body").isNull();
    message.getHeartbeatBuilder();
    assertThat(PdRaftCodec.decode(message.setFrom(0).build())).as("nobody").isNull();
    message.setFrom(1);
    message
        .getAppendEntriesBuilder()
        .setPrevIndex(7)
        .addEntries(LogEntry.newBuilder().setIndex(9).setTerm(3));
    assertThat(PdRaftCodec.decode(message.build())).as("a gap").isNull();
    message.getInstallSnapshotBuilder().setIndex(4).setSnapshotTerm(2);
    assertThat(PdRaftCodec.decode(message.build())).as("no voters").isNull();
    message.getInstallSnapshotBuilder().getMembershipBuilder().addVoters(1).addLearners(1);
    assertThat(PdRaftCodec.decode(message.build())).as("a voting learner").isNull();
  }
}
