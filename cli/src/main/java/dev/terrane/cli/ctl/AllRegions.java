package dev.terrane.cli.ctl;

import dev.terrane.client.PdClient;
import dev.terrane.client.RegionInfo;
import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import java.util.ArrayList;
import java.util.List;

/** Reads every Region there is, page by page. */
final class AllRegions {
  private static final int PAGE = 1_024;

  private AllRegions() {}

  /** In key order. */
  static List<RegionInfo> of(PdClient pd) {
    List<RegionInfo> regions = new ArrayList<>();
    Bytes start = Bytes.EMPTY;
    while (true) {
      List<RegionInfo> page = pd.regions(new KeyRange(start, Bytes.EMPTY), PAGE);
      regions.addAll(page);
      if (page.size() < PAGE || regions.getLast().region().range().end().isEmpty()) {
        return regions;
      }
      start = regions.getLast().region().range().end();
    }
  }
}
