package dev.terrane.store;

import dev.terrane.common.region.RegionError;
import dev.terrane.raft.EntryBudget;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What all peers of a store together hold of their logs in memory, in bytes and in entries: what
 * was handed to the applier and is not applied, as behind an engine that is slow, or is read from
 * the log for that, and what is not durable, or durable and not handed out, as behind a slow log.
 *
 * <p>At the bound of the first, peers hand nothing out until some of it is applied; the entries are
 * in the log meanwhile. At that of the second, what is durable is not kept; where that is not
 * enough, entries that other stores send are not taken in, which Raft bears. In both cases clients
 * hear that the store is busy.
 *
 * <p>Confined to the store loop, except for {@link #refusal}.
 */
final class EntryMemory {
  /** Peers hand out again once so much of the bound is free: not one entry at a time. */
  private static final int FREE_SHARE = 8;

  /** So many have their turn when one has read what it wanted: about as many as may read then. */
  private static final int LET_GO_ON_FOR_READ = 8;

  private final long bytesMax;
  private final long entriesMax;
  private final Set<LocalPeer> waiting = new LinkedHashSet<>();

  // Written by the loop alone; volatile for request threads.
  private volatile long applyingBytes;
  private volatile long applyingEntries;
  private volatile long keptBytes;

  private long readingBytes;

  /**
   * @param bytesMax of each of the two
   * @param entriesMax handed out and not applied
   */
  EntryMemory(long bytesMax, long entriesMax) {
    this.bytesMax = bytesMax;
    this.entriesMax = entriesMax;
  }

  long applyingBytes() {
    return applyingBytes;
  }

  long applyingEntries() {
    return applyingEntries;
  }

  long keptBytes() {
    return keptBytes;
  }

  /** What is read from the log to be handed out, or may become of what is being read. */
  long readingBytes() {
    return readingBytes;
  }

  /** Whether no more entries can be taken in from other stores. */
  boolean isFull() {
    return keptBytes >= bytesMax;
  }

  /** Why a client's write is not taken in now; null if it is. From any thread. */
  @Nullable RegionError refusal() {
    if (isApplyingFull()) {
      return new RegionError.ServerIsBusy(
          "%d entries of %d bytes wait for being applied".formatted(applyingEntries, applyingBytes),
          Busy.BACKOFF);
    }
    return isFull()
        ? new RegionError.ServerIsBusy(
            "entries of %d bytes wait for being durable".formatted(keptBytes), Busy.BACKOFF)
        : null;
  }

  private boolean isApplyingFull() {
    return applyingBytes >= bytesMax || applyingEntries >= entriesMax;
  }

  /** The part that {@code peer} has in it. */
  EntryBudget of(LocalPeer peer) {
    return new Part(peer);
  }

  private final class Part implements EntryBudget {
    private final LocalPeer peer;

    Part(LocalPeer peer) {
      this.peer = peer;
    }

    @Override
    public boolean mayHandOut() {
      if (mayHandOutMore()) {
        return true;
      }
      waiting.add(peer);
      return false;
    }

    @Override
    public boolean mayKeep() {
      return keptBytes < bytesMax / 2;
    }

    @Override
    public void handedOut(long entries, long bytes) {
      long entriesBefore = applyingEntries; // one writer
      long bytesBefore = applyingBytes;
      applyingEntries = entriesBefore + entries;
      applyingBytes = bytesBefore + bytes;
      if (entries < 0 && !waiting.isEmpty() && hasFreeShare()) {
        letGoOn(waiting.size());
      }
    }

    @Override
    public void reading(long bytes) {
      readingBytes += bytes;
      if (bytes < 0 && !waiting.isEmpty() && mayHandOutMore()) {
        // As long as anything is read or applied, the end of that lets others go on.
        boolean last = readingBytes == 0 && applyingEntries == 0;
        letGoOn(last ? waiting.size() : LET_GO_ON_FOR_READ);
      }
    }

    @Override
    public void kept(long bytes) {
      long before = keptBytes;
      keptBytes = before + bytes;
    }
  }

  private boolean mayHandOutMore() {
    return applyingBytes + readingBytes < bytesMax && applyingEntries < entriesMax;
  }

  private boolean hasFreeShare() {
    return applyingBytes + readingBytes <= bytesMax - bytesMax / FREE_SHARE
        && applyingEntries <= entriesMax - entriesMax / FREE_SHARE;
  }

  /** Each has its turn; who finds the bound reached again waits behind the others. */
  private void letGoOn(int count) {
    List<LocalPeer> next = waiting.stream().limit(count).toList();
    next.forEach(waiting::remove);
    next.forEach(LocalPeer::markDirty);
  }

  /** A peer ends. */
  void forget(LocalPeer peer) {
    waiting.remove(peer);
  }
}
