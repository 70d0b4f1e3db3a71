package dev.terrane.engine.log;

import static dev.terrane.common.Invariant.check;

import dev.terrane.raft.Entry;
import dev.terrane.raft.HardState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is held of one Region: base, hard state, where each entry is, and the cached tail.
 *
 * <p>Invariant, once the log is open: the slots are those of {@code baseIndex + 1} to the last
 * entry, without a hole. While the log is read back, entries that upkeep moved turn up later than
 * those that follow them, so that holes come and go.
 *
 * <p>Thread-safe by its own lock, which is held for memory accesses only. Changed by the log
 * writer.
 */
final class RegionLog {
  /** What rewriting an entry takes at most, beside its data. */
  private static final int ENTRY_BYTES =
      LogFormat.ENTRIES_HEADER_BYTES + LogFormat.ENTRY_HEADER_BYTES;

  /** So many slots are looked at before others get their turn at the lock. */
  private static final int SLOTS_AT_ONCE_MAX = 1 << 16;

  /** Where no record was written: 0 is no segment's number. */
  private static final long NOWHERE = 0;

  private final long regionId;
  private final Segments segments;
  private final EntrySlots slots = new EntrySlots();
  private final CachedTail cached = new CachedTail();

  /** Of all entries held, as {@link Entry#sizeBytes} counts them. */
  private long heldBytes;

  private long baseIndex;
  private long baseTerm;
  private long baseSegment = NOWHERE;
  private @Nullable HardState hardState;
  private long hardStateSegment = NOWHERE;

  RegionLog(long regionId, Segments segments) {
    this.regionId = regionId;
    this.segments = segments;
  }

  long regionId() {
    return regionId;
  }

  // ---- reads

  synchronized long firstIndex() {
    return baseIndex + 1;
  }

  synchronized long lastIndex() {
    return slots.isEmpty() ? baseIndex : slots.lastIndex();
  }

  synchronized long baseTerm() {
    return baseTerm;
  }

  /** 0 where it is not known. */
  synchronized long term(long index) {
    if (slots.holds(index)) {
      return Shape.term(slots.shape(index));
    }
    return index == baseIndex ? baseTerm : 0;
  }

  synchronized @Nullable HardState hardState() {
    return hardState;
  }

  /** How much the entries are together, by {@link Entry#sizeBytes}. */
  synchronized long heldBytes() {
    return heldBytes;
  }

  /** See {@link RaftLogEngine#releasePoint}. */
  long releasePoint(long keepBytes) {
    long left = Long.MAX_VALUE;
    long index = 0;
    while (true) {
      synchronized (this) {
        if (index < baseIndex || left == Long.MAX_VALUE) {
          index = baseIndex;
          left = heldBytes;
        }
        long end = Math.min(lastIndex(), index + SLOTS_AT_ONCE_MAX);
        while (index < end && left - sizeBytes(index + 1) >= keepBytes) {
          index++;
          left -= sizeBytes(index);
        }
        if (index < end || end == lastIndex()) {
          return index;
        }
      }
    }
  }

  /** The last entry that is in segment {@code number} or an older one; 0 if none is. */
  long lastIn(long number) {
    long found = 0;
    long next = 0;
    while (true) {
      synchronized (this) {
        long last = lastIndex();
        long index = Math.max(next, baseIndex + 1);
        long end = Math.min(last + 1, index + SLOTS_AT_ONCE_MAX);
        for (; index < end; index++) {
          if (Location.segment(slots.location(index)) <= number) {
            found = index;
          }
        }
        if (index > last) {
          return found;
        }
        next = index;
      }
    }
  }

  /** A moment's answer to a read: what is in memory, and where to find what goes before it. */
  sealed interface Found {
    record Released(long firstIndex) implements Found {}

    /** The entries of {@code onDisk} come first, then {@code inMemory}; either may be empty. */
    record Held(EntrySlots onDisk, List<Entry> inMemory) implements Found {}
  }

  /** Finds what {@link RaftLogEngine#entriesIfHeld} asks for. */
  synchronized Found findIfHeld(long startIndex, long endIndex, long bytesMax) {
    return endIndex > lastIndex() + 1
        ? new Found.Released(baseIndex + 1)
        : find(startIndex, endIndex, bytesMax);
  }

  /** Finds what {@link RaftLogEngine#entries} asks for. */
  synchronized Found find(long startIndex, long endIndex, long bytesMax) {
    if (startIndex <= baseIndex) {
      return new Found.Released(baseIndex + 1);
    }
    check(
        startIndex < endIndex && endIndex <= lastIndex() + 1,
        "entries [%d, %d) of region %d, which ends at %d",
        startIndex,
        endIndex,
        regionId,
        lastIndex());
    long bytes = sizeBytes(startIndex);
    long end = startIndex + 1;
    while (end < endIndex) {
      bytes += sizeBytes(end);
      if (bytes > bytesMax) {
        break;
      }
      end++;
    }
    long split = Math.clamp(cached.firstIndex(), startIndex, end);
    List<Entry> inMemory = new ArrayList<>((int) (end - split));
    cached.copyTo(inMemory, split, end);
    return new Found.Held(slots.copy(startIndex, split), inMemory);
  }

  // ---- changes by batches

  /** Replaces what is at or behind the first of {@code entries}, which were written as told. */
  synchronized long append(List<Entry> entries, long segment, int firstOffset, boolean cache) {
    long freed = truncateFrom(entries.getFirst().index());
    int offset = firstOffset;
    for (Entry entry : entries) {
      set(entry.index(), entry.term(), entry.data().length(), Location.of(segment, offset));
      if (cache) {
        cached.add(entry);
      }
      offset += LogFormat.ENTRY_HEADER_BYTES + entry.data().length();
    }
    return freed;
  }

  /** Tells that {@code entries} were written again. */
  synchronized void moved(List<Entry> entries, long segment, int firstOffset) {
    int offset = firstOffset;
    for (Entry entry : entries) {
      set(entry.index(), entry.term(), entry.data().length(), Location.of(segment, offset));
      offset += LogFormat.ENTRY_HEADER_BYTES + entry.data().length();
    }
  }

  /** Sets where the entry of {@code index} is, whatever is known of its neighbours. */
  synchronized void set(long index, long term, int dataBytes, long location) {
    if (slots.holds(index)) {
      forget(index);
    }
    slots.set(index, location, Shape.of(term, dataBytes));
    heldBytes += sizeBytes(index);
    segments.addEntry(Location.segment(location), ENTRY_BYTES + dataBytes);
  }

  /** Removes the entries from {@code index} on; returns the cost that the cache got back. */
  synchronized long truncateFrom(long index) {
    while (!slots.isEmpty() && slots.lastIndex() >= index) {
      forget(slots.lastIndex());
      slots.removeLast();
    }
    return cached.truncateFrom(index);
  }

  /** Lets the log begin behind {@code (index, term)}; returns the cost that the cache got back. */
  synchronized long base(long index, long term, long segment) {
    while (!slots.isEmpty() && slots.firstIndex() <= index) {
      forget(slots.firstIndex());
      slots.removeFirst();
    }
    account(baseSegment, segment, LogFormat.BASE_BYTES);
    baseIndex = index;
    baseTerm = term;
    baseSegment = segment;
    return cached.dropThrough(index);
  }

  synchronized void hardState(HardState state, long segment) {
    account(hardStateSegment, segment, LogFormat.HARD_STATE_BYTES);
    hardState = state;
    hardStateSegment = segment;
  }

  /** Makes this as if nothing had been written; returns the cost that the cache got back. */
  synchronized long clear() {
    long freed = truncateFrom(0);
    account(baseSegment, NOWHERE, LogFormat.BASE_BYTES);
    account(hardStateSegment, NOWHERE, LogFormat.HARD_STATE_BYTES);
    baseIndex = 0;
    baseTerm = 0;
    baseSegment = NOWHERE;
    hardState = null;
    hardStateSegment = NOWHERE;
    return freed;
  }

  /** Lets the cache forget the entries up to {@code index}; returns what that gives back. */
  synchronized long evictThrough(long index) {
    return cached.dropThrough(index);
  }

  // ---- upkeep

  /** Whether anything of segment {@code number} is still needed here. */
  synchronized boolean needs(long number) {
    return baseSegment == number
        || hardStateSegment == number
        || nextIn(number, baseIndex + 1) != Long.MAX_VALUE;
  }

  synchronized boolean needsBaseOf(long number) {
    return baseSegment == number;
  }

  synchronized boolean needsHardStateOf(long number) {
    return hardStateSegment == number;
  }

  /** The first index from {@code index} on that is in segment {@code number}, or the maximum. */
  synchronized long nextIn(long number, long index) {
    long last = lastIndex();
    for (long i = Math.max(index, baseIndex + 1); i <= last; i++) {
      if (Location.segment(slots.location(i)) == number) {
        return i;
      }
    }
    return Long.MAX_VALUE;
  }

  /** The first index from {@code index} on, at most {@code lastIndex + 1}, that is elsewhere. */
  synchronized long nextOutside(long number, long index) {
    long last = lastIndex();
    long i = index;
    while (i <= last && Location.segment(slots.location(i)) == number) {
      i++;
    }
    return i;
  }

  /** The first index that ought to be there and is not, or the maximum. */
  synchronized long firstHole() {
    if (slots.isEmpty()) {
      return Long.MAX_VALUE;
    }
    if (slots.firstIndex() != baseIndex + 1) {
      return baseIndex + 1;
    }
    return nextIn(Location.segment(Location.NONE), baseIndex + 1);
  }

  /** As {@link Entry#sizeBytes} counts it. */
  private int sizeBytes(long index) {
    return Entry.OVERHEAD_BYTES + Shape.dataBytes(slots.shape(index));
  }

  private void forget(long index) {
    long location = slots.location(index);
    if (location != Location.NONE) {
      heldBytes -= sizeBytes(index);
      segments.removeEntry(
          Location.segment(location), ENTRY_BYTES + Shape.dataBytes(slots.shape(index)));
    }
  }

  private void account(long oldSegment, long newSegment, int bytes) {
    if (oldSegment != NOWHERE) {
      segments.addLive(oldSegment, -bytes);
    }
    if (newSegment != NOWHERE) {
      segments.addLive(newSegment, bytes);
    }
  }
}
