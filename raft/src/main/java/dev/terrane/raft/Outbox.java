package dev.terrane.raft;

import java.util.ArrayList;
import java.util.List;

/** What has come up since the last {@link Ready} and goes out with the next. */
final class Outbox {
  /** While a disk stands still what waits for it gathers; of Raft's messages any may be lost. */
  private static final int AFTER_PERSIST_MAX = 256;

  private final List<Message> messages = new ArrayList<>();
  private final List<Message> afterPersist = new ArrayList<>();
  private final List<ReadOutcome> reads = new ArrayList<>();
  private final List<SnapshotRequest> snapshotRequests = new ArrayList<>();
  private final List<EntriesRequest> entriesRequests = new ArrayList<>();
  private long roundStarted;

  /** Sends at once. */
  void send(Message message) {
    messages.add(message);
  }

  /** Sends once everything that this peer has taken in so far is durable. */
  void sendAfterPersist(Message message) {
    if (!afterPersist.isEmpty() && isCoveredBy(message, afterPersist.getLast())) {
      afterPersist.removeLast();
    } else if (afterPersist.size() == AFTER_PERSIST_MAX) {
      afterPersist.removeFirst();
    }
    afterPersist.add(message);
  }

  /** Of appends that are acknowledged together, the last acknowledgement says it all. */
  private static boolean isCoveredBy(Message later, Message earlier) {
    return later instanceof Message.AppendAccepted next
        && earlier instanceof Message.AppendAccepted last
        && next.to() == last.to()
        && next.term() == last.term()
        && next.matchIndex() >= last.matchIndex()
        && next.round() >= last.round();
  }

  void answerRead(ReadOutcome outcome) {
    reads.add(outcome);
  }

  void requestSnapshot(SnapshotRequest request) {
    snapshotRequests.add(request);
  }

  void requestEntries(EntriesRequest request) {
    entriesRequests.add(request);
  }

  /** At most one round begins per Ready, so that the caller knows when each began. */
  boolean mayStartRound() {
    return roundStarted == 0;
  }

  void roundStarted(long round) {
    roundStarted = round;
  }

  /**
   * Whether nothing can go out.
   *
   * @param writesUnderWay whether what waits for writes has to go on waiting
   */
  boolean isEmpty(boolean writesUnderWay) {
    return messages.isEmpty()
        && (writesUnderWay || afterPersist.isEmpty())
        && reads.isEmpty()
        && snapshotRequests.isEmpty()
        && entriesRequests.isEmpty()
        && roundStarted == 0; // a lone voter's round has no messages, and gives its lease
  }

  /** Nothing awaits a sync, so nothing has to be awaited. */
  void releaseAfterPersist() {
    messages.addAll(afterPersist);
    afterPersist.clear();
  }

  boolean hasReads() {
    return !reads.isEmpty();
  }

  List<Message> takeMessages() {
    return take(messages);
  }

  /**
   * Those that may go out with a write of {@code term}. It may replace what an older term's message
   * speaks of, and whoever waits for that leads no more.
   */
  List<Message> takeAfterPersist(long term) {
    afterPersist.removeIf(message -> message.term() < term);
    return take(afterPersist);
  }

  List<ReadOutcome> takeReads() {
    return take(reads);
  }

  List<SnapshotRequest> takeSnapshotRequests() {
    return take(snapshotRequests);
  }

  List<EntriesRequest> takeEntriesRequests() {
    return take(entriesRequests);
  }

  long takeRoundStarted() {
    long round = roundStarted;
    roundStarted = 0;
    return round;
  }

  private static <T> List<T> take(List<T> from) {
    if (from.isEmpty()) {
      return List.of();
    }
    List<T> taken = List.copyOf(from);
    from.clear();
    return taken;
  }
}
