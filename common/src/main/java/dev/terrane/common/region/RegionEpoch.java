package dev.terrane.common.region;

/**
 * The two logical clocks of a Region: {@code confVer} grows with each membership change, {@code
 * version} with each split or merge. Both start at 1.
 */
public record RegionEpoch(long confVer, long version) {
  public static final RegionEpoch FIRST = new RegionEpoch(1, 1);

  /** Whether this is behind {@code other} in either clock. */
  public boolean isOlderThan(RegionEpoch other) {
    return version < other.version || confVer < other.confVer;
  }
}
