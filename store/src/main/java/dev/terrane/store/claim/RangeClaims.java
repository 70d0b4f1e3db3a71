package dev.terrane.store.claim;

import dev.terrane.common.Invariant;
import dev.terrane.common.KeyRange;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The ranges that are kept free for Regions whose data is on its way to this store.
 *
 * <p>Invariant: no two Regions' claims overlap, and no Region has two. Confined to the store loop.
 */
public final class RangeClaims {
  /** Few at a time: as many as snapshots are received and installed. */
  private final Map<Long, KeyRange> rangeByRegionId = new LinkedHashMap<>();

  /** The Region whose claim is in the way of one of {@code regionId} to {@code range}, or null. */
  public @Nullable Long inTheWay(long regionId, KeyRange range) {
    for (Map.Entry<Long, KeyRange> claim : rangeByRegionId.entrySet()) {
      if (claim.getKey() == regionId || claim.getValue().overlaps(range)) {
        return claim.getKey();
      }
    }
    return null;
  }

  /** Whether another Region than {@code regionId} has a claim to some of {@code range}. */
  public boolean isClaimedByOther(long regionId, KeyRange range) {
    for (Map.Entry<Long, KeyRange> claim : rangeByRegionId.entrySet()) {
      if (claim.getKey() != regionId && claim.getValue().overlaps(range)) {
        return true;
      }
    }
    return false;
  }

  /** Nothing is {@link #inTheWay}. */
  public void claim(long regionId, KeyRange range) {
    Long other = inTheWay(regionId, range);
    if (other != null) {
      throw Invariant.violated(
          "region %d claims %s, which region %d has claimed", regionId, range, other);
    }
    rangeByRegionId.put(regionId, range);
  }

  /** The Region has its data now, or will not get it. */
  public void release(long regionId) {
    KeyRange range = rangeByRegionId.remove(regionId);
    Invariant.check(range != null, "region %d has no claim", regionId);
  }
}
