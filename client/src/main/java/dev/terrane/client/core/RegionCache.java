package dev.terrane.client.core;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which Region holds a key, as far as is known: an interval map over wire keys.
 *
 * <p>Invariants: the cached Regions are valid, keyed by their start and do not overlap. Of two
 * claims about one range the one with the newer epoch wins, so a late answer of PD does not undo
 * what a store has told.
 *
 * <p>Holds at most a fixed number of Regions; past that, those at the edge of the key space go
 * first.
 */
final class RegionCache {
  private final TreeMap<Bytes, CachedRegion> regionByStart = new TreeMap<>();
  private final int sizeMax;

  RegionCache(int sizeMax) {
    this.sizeMax = sizeMax;
  }

  /** The Region that contains {@code wireKey}. */
  @Nullable CachedRegion find(Bytes wireKey) {
    Map.Entry<Bytes, CachedRegion> entry = regionByStart.floorEntry(wireKey);
    return entry != null && entry.getValue().region().range().isBelowEnd(wireKey)
        ? entry.getValue()
        : null;
  }

  /**
   * The Region that contains the keys just below {@code bound}; an empty bound is above every key.
   */
  @Nullable CachedRegion findBelow(Bytes bound) {
    Map.Entry<Bytes, CachedRegion> entry =
        bound.isEmpty() ? regionByStart.lastEntry() : regionByStart.lowerEntry(bound);
    if (entry == null) {
      return null;
    }
    Bytes end = entry.getValue().region().range().end();
    return end.isEmpty() || (!bound.isEmpty() && bound.compareTo(end) <= 0)
        ? entry.getValue()
        : null;
  }

  /**
   * Takes in a Region in place of what it overlaps.
   *
   * @return false if something newer is known of a part of its range; the cache is unchanged
   */
  boolean insert(Region region, @Nullable Peer leader, KeyCodec codec) {
    List<CachedRegion> overlapped = overlapping(region.range());
    for (CachedRegion old : overlapped) {
      if (isNewer(old.region(), region)) {
        return false;
      }
    }
    CachedRegion fresh = new CachedRegion(region, leader, codec);
    overlapped.forEach(this::remove);
    regionByStart.put(region.range().start(), fresh);
    if (regionByStart.size() > sizeMax) {
      CachedRegion first = regionByStart.firstEntry().getValue();
      remove(first == fresh ? regionByStart.lastEntry().getValue() : first);
    }
    return true;
  }

  /**
   * Takes in what PD says: a Region that is known by the same epoch stays as it is, with what was
   * learned about its peers; any other replaces what it overlaps.
   *
   * @return false if something newer is known of a part of its range; the cache is unchanged
   */
  boolean insertFromPd(Region region, @Nullable Peer leader, KeyCodec codec) {
    CachedRegion known = find(region.range().start());
    if (known == null || !known.region().equals(region)) {
      return insert(region, leader, codec);
    }
    if (leader != null) {
      known.leadsAccordingToPd(leader);
    }
    return true;
  }

  /** Forgets a Region that proved wrong. */
  void remove(CachedRegion region) {
    if (region.isValid()) {
      region.invalidate();
      regionByStart.remove(region.region().range().start(), region);
    }
  }

  int size() {
    return regionByStart.size();
  }

  private static boolean isNewer(Region old, Region fresh) {
    return old.id() == fresh.id()
        ? fresh.epoch().isOlderThan(old.epoch())
        : old.epoch().version() > fresh.epoch().version();
  }

  private List<CachedRegion> overlapping(KeyRange range) {
    List<CachedRegion> overlapping = new ArrayList<>(1);
    Bytes first = regionByStart.floorKey(range.start());
    for (CachedRegion region :
        regionByStart.tailMap(first == null ? range.start() : first, true).values()) {
      if (!range.isBelowEnd(region.region().range().start())) {
        break;
      }
      if (region.region().range().overlaps(range)) {
        overlapping.add(region);
      }
    }
    return overlapping;
  }
}
