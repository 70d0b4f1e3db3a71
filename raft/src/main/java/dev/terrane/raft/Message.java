package dev.terrane.raft;

import static dev.terrane.common.Invariant.check;

import dev.terrane.common.Bytes;
import java.util.List;

/**
 * One protocol message between two peers of a group. Immutable, so it may cross threads.
 *
 * <p>{@code from} and {@code to} are peer ids. {@code term} is always a term that the sender has
 * entered, also in a pre-vote. Messages may be lost, duplicated, reordered and delayed.
 *
 * <p>{@code round} in a leader's message is the latest heartbeat round that it had begun when it
 * sent it; the answer repeats it, and so proves that its sender still followed this leader at a
 * moment after that round began. 0 where it proves nothing.
 */
public sealed interface Message {
  /**
   * No group gets there by elections, so a greater one is an error; and terms must not overflow.
   */
  long TERM_MAX = 1L << 35;

  long from();

  long to();

  long term();

  /** Replicates {@code entries}, which follow directly on {@code (prevIndex, prevTerm)}. */
  record AppendEntries(
      long from,
      long to,
      long term,
      long prevIndex,
      long prevTerm,
      List<Entry> entries,
      long commit,
      long round)
      implements Message {
    /** Of all its entries. */
    public long bytes() {
      long bytes = 0;
      for (int i = 0; i < entries.size(); i++) {
        bytes += entries.get(i).sizeBytes();
      }
      return bytes;
    }

    public AppendEntries {
      entries = List.copyOf(entries);
      check(
          entries.isEmpty() || entries.getFirst().index() == prevIndex + 1,
          "gap after index %d",
          prevIndex);
    }
  }

  /** The sender's durable log agrees with the leader's through {@code matchIndex}. */
  record AppendAccepted(long from, long to, long term, long matchIndex, long round)
      implements Message {}

  /**
   * The sender's log has no entry {@code (rejectedIndex, prevTerm)} as the append supposed. The
   * logs can agree at {@code hintIndex} at most, where the sender has {@code hintTerm}.
   */
  record AppendRejected(
      long from, long to, long term, long rejectedIndex, long hintIndex, long hintTerm, long round)
      implements Message {}

  /** Tells a follower that is known to hold {@code commit} that it is committed. Not answered. */
  record CommitAdvanced(long from, long to, long term, long commit) implements Message {}

  /**
   * Asserts leadership in a numbered round. {@code commit} is one the receiver is known to hold.
   */
  record Heartbeat(long from, long to, long term, long commit, long round) implements Message {}

  record HeartbeatAck(long from, long to, long term, long round) implements Message {}

  /**
   * Asks who would vote for the sender in the term after {@code term}. Binds nobody. The sender
   * knows its entry {@code (commit, commitTerm)} to be committed.
   */
  record RequestPreVote(
      long from, long to, long term, long lastIndex, long lastTerm, long commit, long commitTerm)
      implements Message {}

  /** Answers the pre-vote that was asked in {@code requestTerm}. */
  record PreVoteResult(long from, long to, long term, long requestTerm, boolean granted)
      implements Message {}

  /**
   * Asks for a vote. {@code transfer}: at the wish of the leader, whom its voters need not heed.
   * The sender knows its entry {@code (commit, commitTerm)} to be committed.
   */
  record RequestVote(
      long from,
      long to,
      long term,
      long lastIndex,
      long lastTerm,
      long commit,
      long commitTerm,
      boolean transfer)
      implements Message {}

  record VoteResult(long from, long to, long term, boolean granted) implements Message {}

  /** Asks the leader to hand leadership to {@code target}. */
  record TransferLeader(long from, long to, long term, long target) implements Message {}

  /** Tells the target of a transfer, which has every entry, to campaign at once. */
  record TimeoutNow(long from, long to, long term) implements Message {}

  /** Replaces the receiver's log through the snapshot's index. Its data has arrived before it. */
  record InstallSnapshot(long from, long to, long term, Snapshot snapshot) implements Message {}

  /** A follower's ReadIndex. {@code context} is for the leader's caller and opaque here. */
  record ReadIndexRequest(long from, long to, long term, long requestId, Bytes context)
      implements Message {}

  /** A read may be answered once {@code index} is applied. */
  record ReadIndexResponse(long from, long to, long term, long requestId, long index)
      implements Message {}

  /** The leader would sleep, with everything through {@code lastIndex} applied everywhere. */
  record HibernateRequest(long from, long to, long term, long lastIndex, long round)
      implements Message {}

  /** {@code agreed}: the sender is in the same state and sleeps from now on. */
  record HibernateAck(long from, long to, long term, long round, boolean agreed)
      implements Message {}

  /** Wakes a hibernating peer. */
  record WakeUp(long from, long to, long term) implements Message {}

  /** Answers a leader's message of an older term, so that it learns that it is deposed. */
  record StaleTerm(long from, long to, long term) implements Message {}
}
