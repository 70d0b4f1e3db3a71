package dev.terrane.engine.log;

import static dev.terrane.common.Invariant.check;

/**
 * Term and data size of an entry in one long, so that an indexed entry costs 16 bytes of memory.
 */
final class Shape {
  private static final int SIZE_BITS = 28; // LogBatch.BYTES_MAX is 2^27
  private static final long SIZE_MASK = (1L << SIZE_BITS) - 1;
  private static final long TERM_MAX = (1L << (64 - SIZE_BITS)) - 1;

  private Shape() {}

  static long of(long term, int dataBytes) {
    check(term <= TERM_MAX, "term %d", term);
    return term << SIZE_BITS | dataBytes;
  }

  static long term(long shape) {
    return shape >>> SIZE_BITS;
  }

  static int dataBytes(long shape) {
    return (int) (shape & SIZE_MASK);
  }
}
