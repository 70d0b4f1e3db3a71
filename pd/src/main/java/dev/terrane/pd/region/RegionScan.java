package dev.terrane.pd.region;

import java.util.List;

/**
 * The Regions of a range in key order.
 *
 * @param gapless whether they cover the range without a hole, as far as the limit let them go
 */
public record RegionScan(List<RegionInfo> regions, boolean gapless) {
  public RegionScan {
    regions = List.copyOf(regions);
  }
}
