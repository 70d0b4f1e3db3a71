package dev.terrane.store.wire;

import dev.terrane.common.Bytes;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.terranepb.RaftEntry;
import dev.terrane.proto.terranepb.RaftMessage;
import dev.terrane.proto.terranepb.RaftMessageKind;
import dev.terrane.raft.Entry;
import dev.terrane.raft.EntryKind;
import dev.terrane.raft.Membership;
import dev.terrane.raft.Message;
import dev.terrane.raft.Message.AppendAccepted;
import dev.terrane.raft.Message.AppendEntries;
import dev.terrane.raft.Message.AppendRejected;
import dev.terrane.raft.Message.CommitAdvanced;
import dev.terrane.raft.Message.Heartbeat;
import dev.terrane.raft.Message.HeartbeatAck;
import dev.terrane.raft.Message.HibernateAck;
import dev.terrane.raft.Message.HibernateRequest;
import dev.terrane.raft.Message.InstallSnapshot;
import dev.terrane.raft.Message.PreVoteResult;
import dev.terrane.raft.Message.ReadIndexRequest;
import dev.terrane.raft.Message.ReadIndexResponse;
import dev.terrane.raft.Message.RequestPreVote;
import dev.terrane.raft.Message.RequestVote;
import dev.terrane.raft.Message.StaleTerm;
import dev.terrane.raft.Message.TimeoutNow;
import dev.terrane.raft.Message.TransferLeader;
import dev.terrane.raft.Message.VoteResult;
import dev.terrane.raft.Message.WakeUp;
import dev.terrane.raft.Snapshot;
import dev.terrane.raft.SnapshotMeta;
import java.util.ArrayList;
import java.util.List;

/**
 * Raft messages to protobuf and back. Peers travel in the envelope. A snapshot's reference and
 * membership do not travel: its receiver has them from the stream that brought the data.
 */
public final class RaftCodec {
  private RaftCodec() {}

  public static RaftMessage encode(Message message) {
    RaftMessage.Builder out = RaftMessage.newBuilder().setTerm(message.term());
    switch (message) {
      case AppendEntries m -> {
        out.setKind(RaftMessageKind.APPEND_ENTRIES)
            .setIndex(m.prevIndex())
            .setLogTerm(m.prevTerm())
            .setCommit(m.commit())
            .setRound(m.round());
        for (Entry entry : m.entries()) {
          out.addEntries(encode(entry));
        }
      }
      case AppendAccepted m ->
          out.setKind(RaftMessageKind.APPEND_ACCEPTED).setIndex(m.matchIndex()).setRound(m.round());
      case AppendRejected m ->
          out.setKind(RaftMessageKind.APPEND_REJECTED)
              .setIndex(m.rejectedIndex())
              .setHintIndex(m.hintIndex())
              .setHintTerm(m.hintTerm())
              .setRound(m.round());
      case CommitAdvanced m -> out.setKind(RaftMessageKind.COMMIT_ADVANCED).setCommit(m.commit());
      case Heartbeat m ->
          out.setKind(RaftMessageKind.HEARTBEAT).setCommit(m.commit()).setRound(m.round());
      case HeartbeatAck m -> out.setKind(RaftMessageKind.HEARTBEAT_ACK).setRound(m.round());
      case RequestPreVote m ->
          out.setKind(RaftMessageKind.REQUEST_PRE_VOTE)
              .setIndex(m.lastIndex())
              .setLogTerm(m.lastTerm())
              .setCommit(m.commit())
              .setCommitTerm(m.commitTerm());
      case PreVoteResult m ->
          out.setKind(RaftMessageKind.PRE_VOTE_RESULT)
              .setRequestTerm(m.requestTerm())
              .setFlag(m.granted());
      case RequestVote m ->
          out.setKind(RaftMessageKind.REQUEST_VOTE)
              .setIndex(m.lastIndex())
              .setLogTerm(m.lastTerm())
              .setCommit(m.commit())
              .setCommitTerm(m.commitTerm())
              .setFlag(m.transfer());
      case VoteResult m -> out.setKind(RaftMessageKind.VOTE_RESULT).setFlag(m.granted());
      case TransferLeader m ->
          out.setKind(RaftMessageKind.TRANSFER_LEADER).setTargetPeerId(m.target());
      case TimeoutNow _ -> out.setKind(RaftMessageKind.TIMEOUT_NOW);
      case InstallSnapshot m ->
          out.setKind(RaftMessageKind.INSTALL_SNAPSHOT)
              .setIndex(m.snapshot().meta().index())
              .setLogTerm(m.snapshot().meta().term());
      case ReadIndexRequest m ->
          out.setKind(RaftMessageKind.READ_INDEX_REQUEST)
              .setRequestId(m.requestId())
              .setContext(ProtoBytes.toByteString(m.context()));
      case ReadIndexResponse m ->
          out.setKind(RaftMessageKind.READ_INDEX_RESPONSE)
              .setRequestId(m.requestId())
              .setIndex(m.index());
      case HibernateRequest m ->
          out.setKind(RaftMessageKind.HIBERNATE_REQUEST)
              .setIndex(m.lastIndex())
              .setRound(m.round());
      case HibernateAck m ->
          out.setKind(RaftMessageKind.HIBERNATE_ACK).setRound(m.round()).setFlag(m.agreed());
      case WakeUp _ -> out.setKind(RaftMessageKind.WAKE_UP);
      case StaleTerm _ -> out.setKind(RaftMessageKind.STALE_TERM);
    }
    return out.build();
  }

  private static RaftEntry encode(Entry entry) {
    return RaftEntry.newBuilder()
        .setTerm(entry.term())
        .setKind(entry.kind().code())
        .setData(ProtoBytes.toByteString(entry.data()))
        .build();
  }

  /**
   * The message that {@code in} encodes.
   *
   * @throws IllegalArgumentException if it is none that this release knows
   */
  public static Message decode(long from, long to, RaftMessage in) {
    long term = in.getTerm();
    if (from <= 0 || to <= 0 || term < 0 || term > Message.TERM_MAX) {
      throw new IllegalArgumentException(
          "raft message from peer %d to peer %d of term %s"
              .formatted(from, to, Long.toUnsignedString(term)));
    }
    return switch (in.getKind()) {
      case APPEND_ENTRIES ->
          new AppendEntries(
              from,
              to,
              term,
              in.getIndex(),
              in.getLogTerm(),
              entries(in),
              in.getCommit(),
              in.getRound());
      case APPEND_ACCEPTED -> new AppendAccepted(from, to, term, in.getIndex(), in.getRound());
      case APPEND_REJECTED ->
          new AppendRejected(
              from, to, term, in.getIndex(), in.getHintIndex(), in.getHintTerm(), in.getRound());
      case COMMIT_ADVANCED -> new CommitAdvanced(from, to, term, in.getCommit());
      case HEARTBEAT -> new Heartbeat(from, to, term, in.getCommit(), in.getRound());
      case HEARTBEAT_ACK -> new HeartbeatAck(from, to, term, in.getRound());
      case REQUEST_PRE_VOTE ->
          new RequestPreVote(
              from, to, term, in.getIndex(), in.getLogTerm(), in.getCommit(), in.getCommitTerm());
      case PRE_VOTE_RESULT -> new PreVoteResult(from, to, term, in.getRequestTerm(), in.getFlag());
      case REQUEST_VOTE ->
          new RequestVote(
              from,
              to,
              term,
              in.getIndex(),
              in.getLogTerm(),
              in.getCommit(),
              in.getCommitTerm(),
              in.getFlag());
      case VOTE_RESULT -> new VoteResult(from, to, term, in.getFlag());
      case TRANSFER_LEADER -> new TransferLeader(from, to, term, in.getTargetPeerId());
      case TIMEOUT_NOW -> new TimeoutNow(from, to, term);
      case INSTALL_SNAPSHOT ->
          new InstallSnapshot(
              from,
              to,
              term,
              new Snapshot(
                  new SnapshotMeta(in.getIndex(), in.getLogTerm(), Membership.NONE), Bytes.EMPTY));
      case READ_INDEX_REQUEST ->
          new ReadIndexRequest(
              from, to, term, in.getRequestId(), ProtoBytes.toBytes(in.getContext()));
      case READ_INDEX_RESPONSE ->
          new ReadIndexResponse(from, to, term, in.getRequestId(), in.getIndex());
      case HIBERNATE_REQUEST -> new HibernateRequest(from, to, term, in.getIndex(), in.getRound());
      case HIBERNATE_ACK -> new HibernateAck(from, to, term, in.getRound(), in.getFlag());
      case WAKE_UP -> new WakeUp(from, to, term);
      case STALE_TERM -> new StaleTerm(from, to, term);
      case RAFT_MESSAGE_UNKNOWN, UNRECOGNIZED ->
          throw new IllegalArgumentException(
              "raft message of unknown kind " + in.getKindValue() + " from peer " + from);
    };
  }

  private static List<Entry> entries(RaftMessage in) {
    int count = in.getEntriesCount();
    if (count == 0) {
      return List.of();
    }
    List<Entry> entries = new ArrayList<>(count);
    long index = in.getIndex();
    for (int i = 0; i < count; i++) {
      RaftEntry entry = in.getEntries(i);
      index++;
      if (entry.getTerm() <= 0 || index <= 0) {
        throw new IllegalArgumentException(
            "entry at index " + index + " of term " + entry.getTerm());
      }
      entries.add(
          new Entry(
              index,
              entry.getTerm(),
              EntryKind.ofCode(entry.getKind()),
              ProtoBytes.toBytes(entry.getData())));
    }
    return entries;
  }
}
