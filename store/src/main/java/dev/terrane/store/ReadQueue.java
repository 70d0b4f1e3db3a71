package dev.terrane.store;

import dev.terrane.common.Bytes;
import dev.terrane.common.region.RegionError;
import dev.terrane.raft.RawNode;
import dev.terrane.raft.ReadOutcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/**
 * The reads of one peer that wait: gathered during a cycle, then asked about with one ReadIndex for
 * all of them, then waiting for the answer's index to be applied here.
 *
 * <p>Bounded by the credits that each read holds. Confined to the store loop.
 */
final class ReadQueue {
  private record Confirmed(long index, long order, List<ReadRequest> reads) {}

  private List<ReadRequest> gathered = new ArrayList<>();
  private final Map<Long, List<ReadRequest>> asked = new LinkedHashMap<>();
  private final PriorityQueue<Confirmed> confirmed =
      new PriorityQueue<>((a, b) ->
          a.index != b.index ? Long.compare(a.index, b.index) : Long.compare(a.order, b.order));
  private long lastRequestId;

  boolean isEmpty() {
    return gathered.isEmpty() && asked.isEmpty() && confirmed.isEmpty();
  }

  boolean hasGathered() {
    return !gathered.isEmpty();
  }

  void gather(ReadRequest read, long nowNanos) {
    read.sinceNanos(nowNanos);
    gathered.add(read);
  }

  /** Asks for an index for all that was gathered; one round confirms them all. */
  void flush(RawNode node, RegionError notAsked) {
    if (gathered.isEmpty()) {
      return;
    }
    List<ReadRequest> reads = gathered;
    gathered = new ArrayList<>();
    long requestId = ++lastRequestId;
    if (node.readIndex(requestId, Bytes.EMPTY)) {
      asked.put(requestId, reads);
    } else {
      refuse(reads, notAsked);
    }
  }

  /** Notes what Raft said of one question. */
  void outcome(ReadOutcome outcome, RegionError aborted) {
    List<ReadRequest> reads = asked.remove(outcome.requestId());
    if (reads == null) {
      return; // given up meanwhile
    }
    switch (outcome) {
      case ReadOutcome.Confirmed c -> confirmed.add(new Confirmed(c.index(), c.requestId(), reads));
      case ReadOutcome.Aborted _ -> refuse(reads, aborted);
    }
  }

  /** Lets go of the reads that {@code applied} satisfies. */
  void release(long applied, Consumer<ReadRequest> ready) {
    while (!confirmed.isEmpty() && confirmed.peek().index <= applied) {
      confirmed.remove().reads.forEach(ready);
    }
  }

  /** Refuses what has waited since before {@code beforeNanos}: nothing happened, so it may. */
  void expire(long beforeNanos, RegionError error) {
    if (asked.isEmpty() && confirmed.isEmpty()) {
      return;
    }
    asked
        .values()
        .removeIf(reads -> {
          boolean late = reads.getFirst().sinceNanos() - beforeNanos < 0;
          if (late) {
            refuse(reads, error);
          }
          return late;
        });
    confirmed.removeIf(c -> {
      boolean late = c.reads.getFirst().sinceNanos() - beforeNanos < 0;
      if (late) {
        refuse(c.reads, error);
      }
      return late;
    });
  }

  void close(RegionError error) {
    refuse(gathered, error);
    gathered = new ArrayList<>();
    asked.values().forEach(reads -> refuse(reads, error));
    asked.clear();
    confirmed.forEach(c -> refuse(c.reads, error));
    confirmed.clear();
  }

  private static void refuse(List<ReadRequest> reads, RegionError error) {
    for (ReadRequest read : reads) {
      read.refused(error);
    }
  }
}
