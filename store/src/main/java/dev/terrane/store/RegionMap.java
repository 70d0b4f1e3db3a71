package dev.terrane.store;

import dev.terrane.common.Bytes;
import dev.terrane.common.Invariant;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Region;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.StampedLock;
import org.jspecify.annotations.Nullable;

/**
 * The peers of a store, by Region id and by key. Request threads look up ids without locks; store
 * loops change it.
 *
 * <p>Invariant: the ranges of peers that have data do not overlap. While a range changes hands
 * between two peers, a reader may find nobody there, never two.
 */
final class RegionMap {
  private final Map<Long, PeerView> byRegionId = new ConcurrentHashMap<>();
  private final ConcurrentSkipListMap<Bytes, PeerView> byStartKey = new ConcurrentSkipListMap<>();

  /** Held while ranges change; a reader that met a change looks again. */
  private final StampedLock ranges = new StampedLock();

  @Nullable PeerView get(long regionId) {
    return byRegionId.get(regionId);
  }

  /** How many peers there are, with data or without. */
  int size() {
    return byRegionId.size();
  }

  /** Every peer, in ascending order of Region ids. */
  List<PeerView> all() {
    List<PeerView> all = new ArrayList<>(byRegionId.values());
    all.sort((a, b) -> Long.compare(a.regionId(), b.regionId()));
    return all;
  }

  /** The Regions with data here that overlap {@code range}, in key order. */
  List<Region> overlapping(KeyRange range) {
    long stamp = ranges.tryOptimisticRead();
    List<Region> seen = collect(range);
    if (ranges.validate(stamp)) {
      return seen;
    }
    stamp = ranges.readLock();
    try {
      return collect(range);
    } finally {
      ranges.unlockRead(stamp);
    }
  }

  private List<Region> collect(KeyRange range) {
    List<Region> overlapping = new ArrayList<>();
    Map.Entry<Bytes, PeerView> entry = byStartKey.floorEntry(range.start());
    if (entry == null) {
      entry = byStartKey.higherEntry(range.start());
    }
    while (entry != null && range.isBelowEnd(entry.getKey())) {
      Region region = entry.getValue().region();
      if (region != null && region.range().overlaps(range)) {
        overlapping.add(region);
      }
      entry = byStartKey.higherEntry(entry.getKey());
    }
    return overlapping;
  }

  /** Adds a peer; its Region has none here. It is found by key only once it has data. */
  void add(PeerView view) {
    PeerView other = byRegionId.putIfAbsent(view.regionId(), view);
    Invariant.check(other == null, "second peer %d of region %d", view.peerId(), view.regionId());
    Region region = view.region();
    if (region != null) {
      change(() -> placeByKey(view, region));
    }
  }

  /** Gives a peer the Region as it now is. */
  void update(PeerView view, Region region) {
    Region old = view.region();
    if (old != null && old.range().equals(region.range())) {
      view.region(region);
      return;
    }
    change(() -> {
      if (old != null) {
        byStartKey.remove(old.range().start(), view);
      }
      view.region(region);
      placeByKey(view, region);
    });
  }

  void remove(PeerView view) {
    byRegionId.remove(view.regionId(), view);
    Region region = view.region();
    if (region != null) {
      change(() -> byStartKey.remove(region.range().start(), view));
    }
  }

  private void change(Runnable change) {
    long stamp = ranges.writeLock();
    try {
      change.run();
    } finally {
      ranges.unlockWrite(stamp);
    }
  }

  private void placeByKey(PeerView view, Region region) {
    for (Region other : collect(region.range())) {
      Invariant.check(
          other.id() == region.id(), "region %d overlaps region %d", region.id(), other.id());
    }
    byStartKey.put(region.range().start(), view);
  }
}
