package dev.terrane.raft;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The reads that a follower has asked its leader about, in the order asked. They end when the
 * leader answers, changes, or has not answered for a maximum election timeout.
 */
final class ForwardedReads {
  private final Core core;
  private final Map<Long, Long> tickByRequestId = new LinkedHashMap<>();
  private long now;

  ForwardedReads(Core core) {
    this.core = core;
  }

  /** Whether there is room for one more. */
  boolean forward(long requestId, Message.ReadIndexRequest request) {
    if (tickByRequestId.size() >= core.config.pendingReadsMax()) {
      return false;
    }
    tickByRequestId.put(requestId, now);
    core.outbox.send(request);
    return true;
  }

  void answered(Message.ReadIndexResponse response) {
    if (tickByRequestId.remove(response.requestId()) != null) {
      core.outbox.answerRead(new ReadOutcome.Confirmed(response.requestId(), response.index()));
    }
  }

  boolean isEmpty() {
    return tickByRequestId.isEmpty();
  }

  void tick() {
    if (isEmpty()) {
      return;
    }
    now++;
    Iterator<Map.Entry<Long, Long>> oldestFirst = tickByRequestId.entrySet().iterator();
    while (oldestFirst.hasNext()) {
      Map.Entry<Long, Long> oldest = oldestFirst.next();
      if (now - oldest.getValue() <= core.config.electionTicksMax()) {
        return;
      }
      oldestFirst.remove();
      core.outbox.answerRead(new ReadOutcome.Aborted(oldest.getKey()));
    }
  }

  void abortAll() {
    if (isEmpty()) {
      return;
    }
    for (long requestId : new ArrayList<>(tickByRequestId.keySet())) {
      core.outbox.answerRead(new ReadOutcome.Aborted(requestId));
    }
    tickByRequestId.clear();
  }
}
