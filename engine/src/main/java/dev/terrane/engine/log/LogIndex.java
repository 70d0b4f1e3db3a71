package dev.terrane.engine.log;

import dev.terrane.common.Bytes;
import dev.terrane.common.Invariant;
import dev.terrane.raft.HardState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * What is durable, by Region and by key, and in which segment the bytes are that say so.
 *
 * <p>Changed by one thread: the one that opens the log, then the log writer's. Read by any.
 */
final class LogIndex implements FrameVisitor {
  private final Map<Long, RegionLog> logByRegionId = new ConcurrentHashMap<>();
  private final ConcurrentSkipListMap<Long, HeldTombstone> tombstones =
      new ConcurrentSkipListMap<>();
  private final ConcurrentSkipListMap<Bytes, HeldRecord> records = new ConcurrentSkipListMap<>();
  private final Segments segments;
  private final EntryCache cache;

  private record HeldTombstone(Tombstone tombstone, long segment) {}

  private record HeldRecord(Bytes value, long segment) {}

  LogIndex(Segments segments, EntryCache cache) {
    this.segments = segments;
    this.cache = cache;
  }

  // ---- reads

  @Nullable RegionLog find(long regionId) {
    return logByRegionId.get(regionId);
  }

  List<Long> regions() {
    return logByRegionId.keySet().stream().sorted().toList();
  }

  @Nullable Tombstone tombstone(long regionId) {
    HeldTombstone held = tombstones.get(regionId);
    return held == null ? null : held.tombstone;
  }

  SortedMap<Long, Tombstone> tombstones() {
    SortedMap<Long, Tombstone> found = new TreeMap<>();
    tombstones.forEach((regionId, held) -> found.put(regionId, held.tombstone));
    return found;
  }

  @Nullable Bytes record(Bytes key) {
    HeldRecord held = records.get(key);
    return held == null ? null : held.value;
  }

  SortedMap<Bytes, Bytes> records(Bytes prefix) {
    SortedMap<Bytes, Bytes> found = new TreeMap<>();
    for (Map.Entry<Bytes, HeldRecord> held : records.tailMap(prefix).entrySet()) {
      if (!held.getKey().startsWith(prefix)) {
        break;
      }
      found.put(held.getKey(), held.getValue().value);
    }
    return found;
  }

  // ---- changes that were just written, in order

  /**
   * Publishes {@code ops}, which are durable in {@code segment}, encoded from {@code offset} on.
   */
  void apply(List<LogOp> ops, long segment, int offset) {
    long position = offset;
    for (LogOp op : ops) {
      apply(op, segment, (int) position);
      position += LogFormat.encodedBytes(op);
    }
  }

  private void apply(LogOp op, long segment, int offset) {
    int entriesOffset = offset + LogFormat.ENTRIES_HEADER_BYTES;
    switch (op) {
      case LogOp.Append append -> append(append, segment, entriesOffset);
      case LogOp.Rewrite rewrite ->
          log(rewrite.regionId()).moved(rewrite.entries(), segment, entriesOffset);
      case LogOp.SetHardState set -> hardState(set.regionId(), set.state(), segment);
      case LogOp.Base base -> base(base.regionId(), base.index(), base.term(), segment);
      case LogOp.Reset reset -> reset(reset.regionId(), reset.index(), reset.term(), segment);
      case LogOp.Destroy destroy -> destroy(destroy.regionId(), destroy.tombstone(), segment);
      case LogOp.KeepTombstone keep -> keepTombstone(keep.regionId(), keep.tombstone(), segment);
      case LogOp.ForgetTombstone forget -> forgetTombstone(forget.regionId());
      case LogOp.PutRecord put -> putRecord(put.key(), put.value(), segment);
      case LogOp.DeleteRecord delete -> deleteRecord(delete.key());
      case LogOp.Release release -> throw Invariant.violated("unresolved %s", release);
    }
  }

  private void append(LogOp.Append append, long segment, int offset) {
    RegionLog log = log(append.regionId());
    cache.freed(log.append(append.entries(), segment, offset, !cache.isOff()));
    if (!cache.isOff()) {
      long cost = 0;
      for (var entry : append.entries()) {
        cost += CachedTail.costOf(entry);
      }
      cache.added(append.regionId(), append.entries().getLast().index(), cost, this);
    }
  }

  // ---- changes one by one, as they are read back

  @Override
  public void append(long regionId, long firstIndex) {
    cache.freed(log(regionId).truncateFrom(firstIndex));
  }

  @Override
  public void entry(long regionId, long index, long term, int dataBytes, long location) {
    log(regionId).set(index, term, dataBytes, location);
  }

  @Override
  public void hardState(long regionId, HardState state, long segment) {
    log(regionId).hardState(state, segment);
  }

  @Override
  public void base(long regionId, long index, long term, long segment) {
    cache.freed(log(regionId).base(index, term, segment));
  }

  @Override
  public void reset(long regionId, long index, long term, long segment) {
    cache.freed(log(regionId).truncateFrom(0));
    base(regionId, index, term, segment);
  }

  @Override
  public void destroy(long regionId, Tombstone tombstone, long segment) {
    RegionLog log = logByRegionId.remove(regionId);
    if (log != null) {
      cache.freed(log.clear());
    }
    keepTombstone(regionId, tombstone, segment);
  }

  @Override
  public void keepTombstone(long regionId, Tombstone tombstone, long segment) {
    forgetTombstone(regionId);
    segments.addLive(segment, LogFormat.TOMBSTONE_BYTES);
    tombstones.put(regionId, new HeldTombstone(tombstone, segment));
  }

  @Override
  public void forgetTombstone(long regionId) {
    HeldTombstone held = tombstones.remove(regionId);
    if (held != null) {
      segments.addLive(held.segment, -LogFormat.TOMBSTONE_BYTES);
    }
  }

  @Override
  public void putRecord(Bytes key, Bytes value, long segment) {
    HeldRecord old = records.put(key, new HeldRecord(value, segment));
    if (old != null) {
      segments.addLive(old.segment, -bytesOf(key, old.value));
    }
    segments.addLive(segment, bytesOf(key, value));
  }

  @Override
  public void deleteRecord(Bytes key) {
    HeldRecord old = records.remove(key);
    if (old != null) {
      segments.addLive(old.segment, -bytesOf(key, old.value));
    }
  }

  /** Who has entries in segment {@code number} or older ones. Looks at every entry. */
  List<LogHolder> holders(long number) {
    List<LogHolder> holders = new ArrayList<>();
    for (long regionId : regions()) {
      RegionLog log = find(regionId);
      long last = log == null ? 0 : log.lastIn(number);
      if (last != 0) {
        holders.add(new LogHolder(regionId, last));
      }
    }
    return holders;
  }

  // ---- upkeep

  /** The Regions that need something of segment {@code number}, ascending. Looks at every entry. */
  List<Long> regionsThatNeed(long number) {
    return logByRegionId.values().stream()
        .filter(log -> log.needs(number))
        .map(RegionLog::regionId)
        .sorted()
        .toList();
  }

  /** Tombstones and named records that are in segment {@code number}, as what repeats them. */
  List<LogOp> repeated(long number) {
    List<LogOp> ops = new ArrayList<>();
    tombstones.forEach((regionId, held) -> {
      if (held.segment == number) {
        ops.add(new LogOp.KeepTombstone(regionId, held.tombstone));
      }
    });
    records.forEach((key, held) -> {
      if (held.segment == number) {
        ops.add(new LogOp.PutRecord(key, held.value));
      }
    });
    return ops;
  }

  private RegionLog log(long regionId) {
    return logByRegionId.computeIfAbsent(regionId, id -> new RegionLog(id, segments));
  }

  private static int bytesOf(Bytes key, Bytes value) {
    return LogFormat.PUT_RECORD_HEADER_BYTES + key.length() + value.length();
  }
}
