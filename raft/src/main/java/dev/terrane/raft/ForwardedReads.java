package dev.terrane.raft;

import dev.terrane.common.Bytes;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The reads that a follower has asked its leader about, in the order asked. They end when the
 * leader answers, changes, or has not answered for a maximum election timeout.
 *
 * <p>On the wire a question has a number of its own, which begins anywhere in each life of a peer:
 * an answer to an earlier life may come late, of the same term, and must not be taken for one to a
 * question that was asked since.
 */
final class ForwardedReads {
  private record Asked(long requestId, long tick) {}

  private final Core core;
  private final Map<Long, Asked> askedByNumber = new LinkedHashMap<>();
  private boolean drawn;
  private long lastNumber;
  private long now;

  ForwardedReads(Core core) {
    this.core = core;
  }

  /** Asks the leader, which is known; false if there is no room for one more. */
  boolean forward(long requestId, Bytes context) {
    if (askedByNumber.size() >= core.config.pendingReadsMax()) {
      return false;
    }
    if (!drawn) {
      drawn = true;
      lastNumber = core.drawNumber();
    }
    lastNumber++;
    askedByNumber.put(lastNumber, new Asked(requestId, now));
    core.outbox.send(
        new Message.ReadIndexRequest(core.id, core.leaderId(), core.term(), lastNumber, context));
    return true;
  }

  void answered(Message.ReadIndexResponse response) {
    Asked asked = askedByNumber.remove(response.requestId());
    if (asked != null) {
      core.outbox.answerRead(new ReadOutcome.Confirmed(asked.requestId(), response.index()));
    }
  }

  boolean isEmpty() {
    return askedByNumber.isEmpty();
  }

  void tick() {
    if (isEmpty()) {
      return;
    }
    now++;
    Iterator<Asked> oldestFirst = askedByNumber.values().iterator();
    while (oldestFirst.hasNext()) {
      Asked oldest = oldestFirst.next();
      if (now - oldest.tick() <= core.config.electionTicksMax()) {
        return;
      }
      oldestFirst.remove();
      core.outbox.answerRead(new ReadOutcome.Aborted(oldest.requestId()));
    }
  }

  void abortAll() {
    if (isEmpty()) {
      return;
    }
    List<Asked> aborted = new ArrayList<>(askedByNumber.values());
    askedByNumber.clear();
    for (Asked asked : aborted) {
      core.outbox.answerRead(new ReadOutcome.Aborted(asked.requestId()));
    }
  }
}
