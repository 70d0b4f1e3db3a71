package dev.terrane.sim.invariant;

import dev.terrane.engine.log.LogBatch;
import dev.terrane.engine.log.Tombstone;
import dev.terrane.raft.Entry;
import dev.terrane.raft.HardState;
import java.util.List;

/** Of the timeline: a log write is durable. */
record LogLine(String what, List<LogBatch> batches) {
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("durable in the log of the ").append(what).append(':');
    LogBatch.Visitor visitor =
        new LogBatch.Visitor() {
          @Override
          public void append(long regionId, List<Entry> entries) {
            text.append(
                " [%d] entries %d to %d, term %d;"
                    .formatted(
                        regionId,
                        entries.getFirst().index(),
                        entries.getLast().index(),
                        entries.getLast().term()));
          }

          @Override
          public void hardState(long regionId, HardState state) {
            text.append(
                " [%d] term %d vote %d commit %d;"
                    .formatted(regionId, state.term(), state.vote(), state.commit()));
          }

          @Override
          public void release(long regionId, long index) {
            text.append(" [%d] released through %d;".formatted(regionId, index));
          }

          @Override
          public void reset(long regionId, long index, long term) {
            text.append(" [%d] replaced by %d, term %d;".formatted(regionId, index, term));
          }

          @Override
          public void destroy(long regionId, Tombstone tombstone) {
            text.append(" [%d] peer %d destroyed;".formatted(regionId, tombstone.peerId()));
          }
        };
    batches.forEach(batch -> batch.forEach(visitor));
    return text.toString();
  }
}
