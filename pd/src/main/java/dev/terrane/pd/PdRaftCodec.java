package dev.terrane.pd;

import dev.terrane.common.Invariant;
import dev.terrane.pd.state.Memberships;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.terranepd.LogEntry;
import dev.terrane.proto.terranepd.PdRaftMessage;
import dev.terrane.raft.Entry;
import dev.terrane.raft.EntryKind;
import dev.terrane.raft.Message;
import dev.terrane.raft.Snapshot;
import dev.terrane.raft.SnapshotMeta;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Raft messages between members, on the wire and back. The group never hibernates. */
final class PdRaftCodec {
  private PdRaftCodec() {}

  static PdRaftMessage encode(Message message) {
    PdRaftMessage.Builder proto =
        PdRaftMessage.newBuilder()
            .setFrom(message.from())
            .setTo(message.to())
            .setTerm(message.term());
    switch (message) {
      case Message.AppendEntries m ->
          proto
              .getAppendEntriesBuilder()
              .setPrevIndex(m.prevIndex())
              .setPrevTerm(m.prevTerm())
              .addAllEntries(encode(m.entries()))
              .setCommit(m.commit())
              .setRound(m.round());
      case Message.AppendAccepted m ->
          proto.getAppendAcceptedBuilder().setMatchIndex(m.matchIndex()).setRound(m.round());
      case Message.AppendRejected m ->
          proto
              .getAppendRejectedBuilder()
              .setRejectedIndex(m.rejectedIndex())
              .setHintIndex(m.hintIndex())
              .setHintTerm(m.hintTerm())
              .setRound(m.round());
      case Message.CommitAdvanced m -> proto.getCommitAdvancedBuilder().setCommit(m.commit());
      case Message.Heartbeat m ->
          proto.getHeartbeatBuilder().setCommit(m.commit()).setRound(m.round());
      case Message.HeartbeatAck m -> proto.getHeartbeatAckBuilder().setRound(m.round());
      case Message.RequestPreVote m ->
          proto
              .getRequestPreVoteBuilder()
              .setLastIndex(m.lastIndex())
              .setLastTerm(m.lastTerm())
              .setCommit(m.commit())
              .setCommitTerm(m.commitTerm());
      case Message.PreVoteResult m ->
          proto.getPreVoteResultBuilder().setRequestTerm(m.requestTerm()).setGranted(m.granted());
      case Message.RequestVote m ->
          proto
              .getRequestVoteBuilder()
              .setLastIndex(m.lastIndex())
              .setLastTerm(m.lastTerm())
              .setCommit(m.commit())
              .setCommitTerm(m.commitTerm())
              .setTransfer(m.transfer());
      case Message.VoteResult m -> proto.getVoteResultBuilder().setGranted(m.granted());
      case Message.TransferLeader m -> proto.getTransferLeadershipBuilder().setTarget(m.target());
      case Message.TimeoutNow m -> proto.getTimeoutNowBuilder();
      case Message.InstallSnapshot m ->
          proto
              .getInstallSnapshotBuilder()
              .setIndex(m.snapshot().meta().index())
              .setSnapshotTerm(m.snapshot().meta().term())
              .setMembership(Memberships.toProto(m.snapshot().meta().membership()))
              .setState(ProtoBytes.toByteString(m.snapshot().reference()));
      case Message.ReadIndexRequest m ->
          proto
              .getReadIndexRequestBuilder()
              .setRequestId(m.requestId())
              .setContext(ProtoBytes.toByteString(m.context()));
      case Message.ReadIndexResponse m ->
          proto.getReadIndexResponseBuilder().setRequestId(m.requestId()).setIndex(m.index());
      case Message.StaleTerm m -> proto.getStaleTermBuilder();
      case Message.HibernateRequest m -> throw neverHibernates(m);
      case Message.HibernateAck m -> throw neverHibernates(m);
      case Message.WakeUp m -> throw neverHibernates(m);
    }
    return proto.build();
  }

  private static Error neverHibernates(Message message) {
    return Invariant.violated("PD's group never hibernates, but sends %s", message);
  }

  private static List<LogEntry> encode(List<Entry> entries) {
    List<LogEntry> protos = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      protos.add(
          LogEntry.newBuilder()
              .setIndex(entry.index())
              .setTerm(entry.term())
              .setKind(entry.kind().code())
              .setData(ProtoBytes.toByteString(entry.data()))
              .build());
    }
    return protos;
  }

  /** The message; null if it is of a kind that this release does not know, or malformed. */
  static @Nullable Message decode(PdRaftMessage proto) {
    long from = proto.getFrom();
    long to = proto.getTo();
    long term = proto.getTerm();
    if (from <= 0 || to <= 0 || term < 0 || term > Message.TERM_MAX) {
      return null;
    }
    return switch (proto.getBodyCase()) {
      case APPEND_ENTRIES -> decodeAppend(proto);
      case APPEND_ACCEPTED -> {
        var m = proto.getAppendAccepted();
        yield new Message.AppendAccepted(from, to, term, m.getMatchIndex(), m.getRound());
      }
      case APPEND_REJECTED -> {
        var m = proto.getAppendRejected();
        yield new Message.AppendRejected(
            from, to, term, m.getRejectedIndex(), m.getHintIndex(), m.getHintTerm(), m.getRound());
      }
      case COMMIT_ADVANCED ->
          new Message.CommitAdvanced(from, to, term, proto.getCommitAdvanced().getCommit());
      case HEARTBEAT -> {
        var m = proto.getHeartbeat();
        yield new Message.Heartbeat(from, to, term, m.getCommit(), m.getRound());
      }
      case HEARTBEAT_ACK ->
          new Message.HeartbeatAck(from, to, term, proto.getHeartbeatAck().getRound());
      case REQUEST_PRE_VOTE -> {
        var m = proto.getRequestPreVote();
        yield new Message.RequestPreVote(
            from, to, term, m.getLastIndex(), m.getLastTerm(), m.getCommit(), m.getCommitTerm());
      }
      case PRE_VOTE_RESULT -> {
        var m = proto.getPreVoteResult();
        yield new Message.PreVoteResult(from, to, term, m.getRequestTerm(), m.getGranted());
      }
      case REQUEST_VOTE -> {
        var m = proto.getRequestVote();
        yield new Message.RequestVote(
            from,
            to,
            term,
            m.getLastIndex(),
            m.getLastTerm(),
            m.getCommit(),
            m.getCommitTerm(),
            m.getTransfer());
      }
      case VOTE_RESULT ->
          new Message.VoteResult(from, to, term, proto.getVoteResult().getGranted());
      case TRANSFER_LEADERSHIP ->
          new Message.TransferLeader(from, to, term, proto.getTransferLeadership().getTarget());
      case TIMEOUT_NOW -> new Message.TimeoutNow(from, to, term);
      case INSTALL_SNAPSHOT -> {
        var m = proto.getInstallSnapshot();
        if (m.getIndex() <= 0
            || m.getSnapshotTerm() <= 0
            || !Memberships.isSound(m.getMembership())) {
          yield null;
        }
        SnapshotMeta meta =
            new SnapshotMeta(
                m.getIndex(), m.getSnapshotTerm(), Memberships.fromProto(m.getMembership()));
        yield new Message.InstallSnapshot(
            from, to, term, new Snapshot(meta, ProtoBytes.toBytes(m.getState())));
      }
      case READ_INDEX_REQUEST -> {
        var m = proto.getReadIndexRequest();
        yield new Message.ReadIndexRequest(
            from, to, term, m.getRequestId(), ProtoBytes.toBytes(m.getContext()));
      }
      case READ_INDEX_RESPONSE -> {
        var m = proto.getReadIndexResponse();
        yield new Message.ReadIndexResponse(from, to, term, m.getRequestId(), m.getIndex());
      }
      case STALE_TERM -> new Message.StaleTerm(from, to, term);
      case BODY_NOT_SET -> null;
    };
  }

  private static @Nullable Message decodeAppend(PdRaftMessage proto) {
    var m = proto.getAppendEntries();
    List<Entry> entries = new ArrayList<>(m.getEntriesCount());
    long expected = m.getPrevIndex();
    for (LogEntry entry : m.getEntriesList()) {
      expected++;
      if (entry.getIndex() != expected || entry.getTerm() <= 0 || entry.getKind() > 2) {
        return null;
      }
      entries.add(
          new Entry(
              entry.getIndex(),
              entry.getTerm(),
              EntryKind.ofCode(entry.getKind()),
              ProtoBytes.toBytes(entry.getData())));
    }
    return new Message.AppendEntries(
        proto.getFrom(),
        proto.getTo(),
        proto.getTerm(),
        m.getPrevIndex(),
        m.getPrevTerm(),
        entries,
        m.getCommit(),
        m.getRound());
  }
}
