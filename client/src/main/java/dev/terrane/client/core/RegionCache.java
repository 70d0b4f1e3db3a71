package dev.terrane.client.core;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
 * <p>Holds at most a fixed number of Regions, and about a fixed number of bytes; past that, those
 * go that have not been asked for longest.
 */
final class RegionCache {
  private final TreeMap<Bytes, CachedRegion> regionByStart = new TreeMap<>();
  private final UseOrder order = new UseOrder();
  private final Map<Long, Integer> regionsByStoreId = new LinkedHashMap<>();
  private final int sizeMax;
  private final long bytesMax;
  private long bytes;

  RegionCache(int sizeMax, long bytesMax) {
    this.sizeMax = sizeMax;
    this.bytesMax = bytesMax;
  }

  /** The Region that contains {@code wireKey}. */
  @Nullable CachedRegion find(Bytes wireKey) {
    Map.Entry<Bytes, CachedRegion> entry = regionByStart.floorEntry(wireKey);
    return entry != null && entry.getValue().region().range().isBelowEnd(wireKey)
        ? used(entry.getValue())
        : null;
  }

  private CachedRegion used(CachedRegion region) {
    order.used(region);
    return region;
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
        ? used(entry.getValue())
        : null;
  }

  /**
   * Takes in a Region in place of what it overlaps.
   *
   * @return false if something newer is known of a part of its range; the cache is unchanged
   * @throws IllegalArgumentException if it makes no sense; the cache is unchanged
   */
  boolean insert(Region region, @Nullable Peer leader, KeyCodec codec) {
    CachedRegion fresh = new CachedRegion(region, leader, codec);
    List<CachedRegion> overlapped = overlapping(region.range());
    for (CachedRegion old : overlapped) {
      if (isNewer(old.region(), region)) {
        return false;
      }
    }
    overlapped.forEach(this::remove);
    regionByStart.put(region.range().start(), fresh);
    order.add(fresh);
    bytes += fresh.bytes();
    for (Peer peer : region.peers()) {
      regionsByStoreId.merge(peer.storeId(), 1, Integer::sum);
    }
    evict(fresh);
    return true;
  }

  private void evict(CachedRegion kept) {
    while (regionByStart.size() > sizeMax || bytes > bytesMax) {
      CachedRegion oldest = order.oldest();
      if (oldest == null || oldest == kept) {
        return;
      }
      remove(oldest);
    }
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
      order.remove(region);
      bytes -= region.bytes();
      for (Peer peer : region.region().peers()) {
        regionsByStoreId.computeIfPresent(
            peer.storeId(), (store, regions) -> regions == 1 ? null : regions - 1);
      }
    }
  }

  /** Whether a cached Region has a peer on {@code storeId}. */
  boolean needs(long storeId) {
    return regionsByStoreId.containsKey(storeId);
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
