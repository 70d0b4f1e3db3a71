package dev.terrane.pd.tso;

/**
 * The largest of a batch of timestamps: those with the same physical part and the {@code count}
 * logical parts up to this one.
 *
 * @param physicalMillis milliseconds since 1970
 * @param logical below 2^18
 */
public record Timestamp(long physicalMillis, long logical) {
  /** As one number; greater means later. */
  public long asLong() {
    return (physicalMillis << TimestampOracle.LOGICAL_BITS) | logical;
  }
}
