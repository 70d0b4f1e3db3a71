package dev.terrane.raft;

import java.util.List;

/** How a message reads in a transcript. */
final class MessageText {
  private MessageText() {}

  static String of(Message message) {
    return message.from()
        + "->"
        + message.to()
        + " "
        + message.getClass().getSimpleName()
        + " term="
        + message.term()
        + details(message);
  }

  private static String details(Message message) {
    return switch (message) {
      case Message.AppendEntries m ->
          " prev=%d/%d entries=%s commit=%d"
              .formatted(m.prevIndex(), m.prevTerm(), entries(m.entries()), m.commit());
      case Message.AppendAccepted m -> " match=" + m.matchIndex();
      case Message.AppendRejected m ->
          " rejected=%d hint=%d/%d".formatted(m.rejectedIndex(), m.hintIndex(), m.hintTerm());
      case Message.CommitAdvanced m -> " commit=" + m.commit();
      case Message.Heartbeat m -> " commit=%d round=%d".formatted(m.commit(), m.round());
      case Message.HeartbeatAck m -> " round=" + m.round();
      case Message.RequestPreVote m -> " last=%d/%d".formatted(m.lastIndex(), m.lastTerm());
      case Message.PreVoteResult m -> (m.granted() ? " granted" : " rejected");
      case Message.RequestVote m ->
          " last=%d/%d%s".formatted(m.lastIndex(), m.lastTerm(), m.transfer() ? " transfer" : "");
      case Message.VoteResult m -> (m.granted() ? " granted" : " rejected");
      case Message.TransferLeader m -> " target=" + m.target();
      case Message.TimeoutNow m -> "";
      case Message.InstallSnapshot m ->
          " at=%d/%d %s"
              .formatted(
                  m.snapshot().meta().index(),
                  m.snapshot().meta().term(),
                  membership(m.snapshot().meta().membership()));
      case Message.ReadIndexRequest m -> " id=" + m.requestId();
      case Message.ReadIndexResponse m -> " id=%d index=%d".formatted(m.requestId(), m.index());
      case Message.HibernateRequest m -> " last=%d round=%d".formatted(m.lastIndex(), m.round());
      case Message.HibernateAck m ->
          " round=%d %s".formatted(m.round(), m.agreed() ? "agreed" : "refused");
      case Message.WakeUp m -> "";
      case Message.StaleTerm m -> "";
    };
  }

  /** For example {@code [4/1 "x" 5/1 change]}; index, term, and what is in it. */
  static String entries(List<Entry> entries) {
    StringBuilder text = new StringBuilder("[");
    for (Entry entry : entries) {
      text.append(text.length() == 1 ? "" : " ").append(entry(entry));
    }
    return text.append(']').toString();
  }

  static String entry(Entry entry) {
    String position = entry.index() + "/" + entry.term();
    return switch (entry.kind()) {
      case NORMAL ->
          entry.data().isEmpty() ? position : position + " \"" + entry.data().toUtf8() + "\"";
      case ADMIN -> position + " admin \"" + entry.data().toUtf8() + "\"";
      case CONF_CHANGE -> position + " change";
    };
  }

  static String membership(Membership membership) {
    StringBuilder text = new StringBuilder("voters=").append(membership.voters());
    if (membership.isJoint()) {
      text.append(" outgoing=").append(membership.outgoing());
    }
    if (!membership.learners().isEmpty()) {
      text.append(" learners=").append(membership.learners());
    }
    if (!membership.learnersNext().isEmpty()) {
      text.append(" learnersNext=").append(membership.learnersNext());
    }
    return text.toString();
  }
}
