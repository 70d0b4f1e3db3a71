package dev.terrane.store;

import dev.terrane.common.agent.Inbox;
import dev.terrane.engine.log.LogBatch;
import dev.terrane.raft.Ready;
import java.util.ArrayList;
import java.util.List;

/**
 * What one cycle of a store loop wants durable, for all its Regions together, and what may go on
 * when it is. Built by the loop, written by the log writer, and handed back.
 */
final class LogTask {
  private final Inbox<StoreMessage> submitter;
  private final LogBatch batch = new LogBatch();
  private final List<Waiting> waiting = new ArrayList<>();
  private final List<Runnable> afterwards = new ArrayList<>();

  /** A peer's Ready that this makes durable. */
  record Waiting(LocalPeer peer, Ready ready) {}

  LogTask(Inbox<StoreMessage> submitter) {
    this.submitter = submitter;
  }

  LogBatch batch() {
    return batch;
  }

  void add(LocalPeer peer, Ready ready) {
    waiting.add(new Waiting(peer, ready));
  }

  /** {@code next} runs on the loop once the batch is durable. */
  void afterwards(Runnable next) {
    afterwards.add(next);
  }

  boolean isEmpty() {
    return batch.isEmpty() && waiting.isEmpty() && afterwards.isEmpty();
  }

  /** Called by the log writer when everything in the batch is durable. */
  void persisted() {
    submitter.put(new StoreMessage.Persisted(this));
  }

  List<Waiting> waiting() {
    return waiting;
  }

  List<Runnable> afterwards() {
    return afterwards;
  }
}
