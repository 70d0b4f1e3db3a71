package dev.terrane.store;

/** What PD was last told of one Region, and when it is told next. Confined to the store loop. */
final class PeerReporting {
  private PeerHealth.Report lastHealth = PeerHealth.Report.HEALTHY;
  private long nextAtNanos;
  private long reportedAtSeconds;
  private long bytes;
  private long keys;
  private boolean sizing;

  PeerReporting(long nowNanos) {
    nextAtNanos = nowNanos;
  }

  PeerHealth.Report lastHealth() {
    return lastHealth;
  }

  long nextAtNanos() {
    return nextAtNanos;
  }

  boolean hasReported() {
    return reportedAtSeconds != 0;
  }

  /** When the last report was made, or {@code otherwise} if there was none. */
  long reportedAtSeconds(long otherwise) {
    return reportedAtSeconds == 0 ? otherwise : reportedAtSeconds;
  }

  long bytes() {
    return bytes;
  }

  long keys() {
    return keys;
  }

  /** Whether the Region's size is being asked for. */
  boolean sizing() {
    return sizing;
  }

  void sizing(boolean runs) {
    sizing = runs;
  }

  void sizes(long newBytes, long newKeys) {
    bytes = newBytes;
    keys = newKeys;
    sizing = false;
  }

  void reported(PeerHealth.Report health, long nextNanos, long nowSeconds) {
    lastHealth = health;
    nextAtNanos = nextNanos;
    reportedAtSeconds = nowSeconds;
  }
}
