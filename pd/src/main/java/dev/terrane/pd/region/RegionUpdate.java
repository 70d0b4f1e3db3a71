package dev.terrane.pd.region;

import java.util.List;

/** What {@link RegionTree#put} made of a report. */
public sealed interface RegionUpdate {
  /**
   * The report is now what is known.
   *
   * @param removed older Regions whose range it covers in part or whole
   * @param changed whether epoch, peers, range or leader differ from what was known before
   */
  record Accepted(List<RegionInfo> removed, boolean changed) implements RegionUpdate {
    public Accepted {
      removed = List.copyOf(removed);
    }
  }

  /** Something newer is known; nothing changed. */
  record Stale(String reason) implements RegionUpdate {}
}
