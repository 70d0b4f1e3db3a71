package dev.terrane.client.core;

import org.jspecify.annotations.Nullable;

/**
 * The cached Regions in the order of their last use. Regions are its list nodes, so that a use
 * costs no memory and no search.
 */
final class UseOrder {
  private @Nullable CachedRegion oldest;
  private @Nullable CachedRegion newest;

  /** The Region that has not been used for longest; null if there is none. */
  @Nullable CachedRegion oldest() {
    return oldest;
  }

  /** A Region that is not in the list was used. */
  void add(CachedRegion region) {
    CachedRegion last = newest;
    region.usedBefore = last;
    if (last == null) {
      oldest = region;
    } else {
      last.usedAfter = region;
    }
    newest = region;
  }

  void remove(CachedRegion region) {
    CachedRegion before = region.usedBefore;
    CachedRegion after = region.usedAfter;
    if (before == null) {
      oldest = after;
    } else {
      before.usedAfter = after;
    }
    if (after == null) {
      newest = before;
    } else {
      after.usedBefore = before;
    }
    region.usedBefore = null;
    region.usedAfter = null;
  }

  /** A Region in the list was used once more. */
  void used(CachedRegion region) {
    if (region != newest) {
      remove(region);
      add(region);
    }
  }
}
