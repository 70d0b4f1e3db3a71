package dev.terrane.raft;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads at a leader. A read waits for a round that begins after it arrived; all that wait when a
 * round begins share it, and its commit index. Raft dissertation, section 6.4.
 */
final class LeaderReads {
  private record Read(long from, long requestId) {}

  private record Batch(long round, long index, List<Read> reads) {}

  private final Core core;
  private List<Read> waiting = new ArrayList<>();
  private final ArrayDeque<Batch> inRounds = new ArrayDeque<>();
  private int count;

  LeaderReads(Core core) {
    this.core = core;
  }

  /** Whether there was room. */
  boolean add(long from, long requestId) {
    if (count >= core.config.pendingReadsMax()) {
      return false;
    }
    waiting.add(new Read(from, requestId));
    count++;
    return true;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** Whether reads wait for a round to begin. */
  boolean wantRound() {
    return !waiting.isEmpty();
  }

  void roundBegun(long round) {
    if (!waiting.isEmpty()) {
      inRounds.add(new Batch(round, core.log.committed(), waiting));
      waiting = new ArrayList<>();
    }
  }

  void confirmedThrough(long round) {
    while (!inRounds.isEmpty() && inRounds.getFirst().round() <= round) {
      Batch batch = inRounds.removeFirst();
      for (Read read : batch.reads()) {
        answer(read, batch.index());
      }
      count -= batch.reads().size();
    }
  }

  private void answer(Read read, long index) {
    if (read.from() == core.id) {
      core.outbox.answerRead(new ReadOutcome.Confirmed(read.requestId(), index));
    } else {
      core.outbox.send(
          new Message.ReadIndexResponse(
              core.id, read.from(), core.term(), read.requestId(), index));
    }
  }

  /** This peer leads no more. Others' reads run into their own limit. */
  void abandon() {
    for (Batch batch : inRounds) {
      abort(batch.reads());
    }
    abort(waiting);
    inRounds.clear();
    waiting = new ArrayList<>();
    count = 0;
  }

  private void abort(List<Read> reads) {
    for (Read read : reads) {
      if (read.from() == core.id) {
        core.outbox.answerRead(new ReadOutcome.Aborted(read.requestId()));
      }
    }
  }
}
