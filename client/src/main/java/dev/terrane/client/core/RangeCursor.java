package dev.terrane.client.core;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Region;

/**
 * How far a walk over a range of wire keys has come, Region by Region: upwards from the range's
 * start, or, in reverse, downwards from its end.
 */
final class RangeCursor {
  private final boolean reverse;
  private KeyRange left;

  RangeCursor(KeyRange wireRange, boolean reverse) {
    this.left = wireRange;
    this.reverse = reverse;
  }

  /** By which key the next Region is found; in reverse it is the one just below. */
  Bytes routeKey() {
    return reverse ? left.end() : left.start();
  }

  /** What is left of the range within {@code region}. */
  KeyRange within(Region region) {
    return left.intersect(region.range());
  }

  /** Goes on behind {@code region}; false if the range ends there. */
  boolean leave(Region region) {
    return reverse ? cutAbove(region.range().start()) : cutBelow(region.range().end());
  }

  /** Goes on behind {@code wireKey}, which was visited; false if the range ends there. */
  boolean leave(Bytes wireKey) {
    return reverse ? cutAbove(wireKey) : cutBelow(wireKey.successor());
  }

  private boolean cutBelow(Bytes start) {
    if (start.isEmpty() || !left.isBelowEnd(start)) {
      return false;
    }
    left = new KeyRange(start, left.end());
    return true;
  }

  private boolean cutAbove(Bytes end) {
    if (end.isEmpty() || end.compareTo(left.start()) <= 0) {
      return false;
    }
    left = new KeyRange(left.start(), end);
    return true;
  }
}
