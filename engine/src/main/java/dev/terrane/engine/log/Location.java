package dev.terrane.engine.log;

/**
 * Where in the log something is, in one long: the segment's number, then the offset in its file.
 */
final class Location {
  /** Nothing is there: segments are numbered from 1. */
  static final long NONE = 0;

  private static final int OFFSET_BITS = 31;
  private static final long OFFSET_MASK = (1L << OFFSET_BITS) - 1;

  private Location() {}

  static long of(long segment, int offset) {
    return segment << OFFSET_BITS | offset;
  }

  static long segment(long location) {
    return location >>> OFFSET_BITS;
  }

  static int offset(long location) {
    return (int) (location & OFFSET_MASK);
  }
}
