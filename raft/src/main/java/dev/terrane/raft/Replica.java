package dev.terrane.raft;

import static dev.terrane.common.Invariant.check;

import java.util.List;

/**
 * How a peer that does not lead takes in its leader's log. Raft paper, 5.3 and 7. Acceptances go
 * out when what they speak of is durable; rejections promise nothing and go out at once.
 */
final class Replica {
  private final Core core;

  Replica(Core core) {
    this.core = core;
  }

  void append(Message.AppendEntries append) {
    RaftLog log = core.log;
    long last = append.prevIndex() + append.entries().size();
    if (last <= log.committed()) {
      accept(append, log.committed()); // all of it is known, and more
      return;
    }
    // What is committed here is the same in every leader's log, so it need not be compared.
    int known = (int) Math.max(0, log.committed() - append.prevIndex());
    if (known == 0 && !log.matches(append.prevIndex(), append.prevTerm())) {
      reject(append);
      return;
    }
    takeIn(append.entries(), known);
    log.commitTo(Math.min(append.commit(), last));
    accept(append, last);
  }

  private void takeIn(List<Entry> entries, int from) {
    RaftLog log = core.log;
    for (int i = from; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      if (entry.index() <= log.lastIndex()) {
        if (log.term(entry.index()) == entry.term()) {
          continue; // a repeated or reordered append must not cut off what came after it
        }
        log.replaceFrom(entry.index());
        core.persistence.replacedFrom(entry.index());
      }
      check(entry.term() <= core.term(), "entry of term %d in %d", entry.term(), core.term());
      log.append(entry);
    }
  }

  private void accept(Message.AppendEntries append, long matchIndex) {
    core.outbox.sendAfterPersist(
        new Message.AppendAccepted(
            core.id, append.from(), core.term(), matchIndex, append.round()));
  }

  private void reject(Message.AppendEntries append) {
    long hintIndex = core.log.lastIndexOfTermAtMost(append.prevIndex(), append.prevTerm());
    core.outbox.send(
        new Message.AppendRejected(
            core.id,
            append.from(),
            core.term(),
            append.prevIndex(),
            hintIndex,
            core.log.term(hintIndex),
            append.round()));
  }

  void heartbeat(Message.Heartbeat heartbeat) {
    core.log.commitTo(heartbeat.commit());
    core.outbox.send(
        new Message.HeartbeatAck(core.id, heartbeat.from(), core.term(), heartbeat.round()));
  }

  void commitAdvanced(Message.CommitAdvanced message) {
    core.log.commitTo(message.commit());
  }

  void install(Message.InstallSnapshot install) {
    RaftLog log = core.log;
    SnapshotMeta meta = install.snapshot().meta();
    if (meta.index() > log.committed() && log.matches(meta.index(), meta.term())) {
      log.commitTo(meta.index()); // every entry is here: applying them is cheaper
    }
    if (meta.index() > log.committed()) {
      if (log.isInstalling() || !meta.membership().contains(core.id)) {
        return; // one at a time; and none that has no place for this peer
      }
      log.restore(install.snapshot());
      core.persistence.replacedFrom(1);
      core.setMembership(meta.membership());
    }
    core.outbox.sendAfterPersist(
        new Message.AppendAccepted(core.id, install.from(), core.term(), log.committed(), 0));
  }

  /** Agrees to sleep if this peer has nothing left to do and has what the leader has. */
  void hibernate(Message.HibernateRequest request) {
    RaftLog log = core.log;
    long last = request.lastIndex();
    boolean agreed =
        log.lastIndex() == last
            && log.persistedIndex() == last
            && !log.isInstalling()
            && log.applied() == last;
    if (agreed) {
      core.hibernate();
    }
    core.outbox.send(
        new Message.HibernateAck(core.id, request.from(), core.term(), request.round(), agreed));
  }
}
