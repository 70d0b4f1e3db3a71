package dev.terrane.pd;

import dev.terrane.common.Bytes;
import dev.terrane.pd.PdWrite.LogBase;
import dev.terrane.raft.Entry;
import dev.terrane.raft.HardState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A disk that syncs when it is told to; a crash loses what was not synced. */
final class MemoryDisk implements PdStorage {
  private record Submitted(PdWrite write, Runnable durable) {}

  private final long memberId;
  private final Deque<Submitted> submitted = new ArrayDeque<>();
  private @Nullable Bytes state;
  private final SortedMap<Long, Bytes> regions = new TreeMap<>();
  int regionBytesMax;

  /** Whether writes wait for room. */
  boolean full;

  private HardState hardState = HardState.EMPTY;
  private LogBase base = new LogBase(0, 0);
  private final List<Entry> entries = new ArrayList<>();
  int snapshots;

  MemoryDisk(long memberId) {
    this.memberId = memberId;
  }

  @Override
  public void submit(PdWrite write, Runnable durable) {
    submitted.add(new Submitted(write, durable));
  }

  /** Syncs everything; returns whether there was anything. */
  boolean sync() {
    if (full) {
      return false;
    }
    boolean any = !submitted.isEmpty();
    while (!submitted.isEmpty()) {
      Submitted next = submitted.remove();
      write(next.write);
      next.durable.run();
    }
    return any;
  }

  void crash() {
    submitted.clear();
  }

  void write(PdWrite write) {
    if (write.reset() != null) {
      base = write.reset();
      entries.clear();
    }
    if (!write.entries().isEmpty()) {
      long first = write.entries().getFirst().index();
      entries.removeIf(entry -> entry.index() >= first);
      entries.addAll(write.entries());
    }
    if (write.hardState() != null) {
      hardState = write.hardState();
    }
    if (write.state() != null) {
      state = write.state();
      snapshots++;
    }
    regionBytesMax =
        Math.max(regionBytesMax, write.regions().values().stream().mapToInt(Bytes::length).sum());
    regions.putAll(write.regions());
    regions.values().removeIf(Bytes::isEmpty);
    long release = write.releaseThrough();
    if (release > base.index()) {
      long term = entries.get((int) (release - base.index()) - 1).term();
      entries.removeIf(entry -> entry.index() <= release);
      base = new LogBase(release, term);
    }
  }

  PdRecovered recovered() {
    return new PdRecovered(
        memberId, state, List.copyOf(regions.values()), hardState, base, entries);
  }

  /** Of the cache of Regions, in writes that wait. */
  long regionBytesWaiting() {
    return submitted.stream()
        .flatMap(each -> each.write.regions().values().stream())
        .mapToLong(Bytes::length)
        .sum();
  }

  int logLength() {
    return entries.size();
  }
}
