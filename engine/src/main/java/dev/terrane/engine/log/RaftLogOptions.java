package dev.terrane.engine.log;

import static dev.terrane.common.Invariant.check;

/**
 * The sizes of a Raft log, all in bytes. They may differ from one start to the next.
 *
 * @param segmentBytes the size of a segment file. A batch that does not fit gets a larger one
 * @param totalBytesTarget above this, segments are reclaimed also when most of them is live, so
 *     that the log stays within the larger of this and twice what is live
 * @param cacheBytes how much of the most recent entries is kept in memory, for all Regions together
 * @param mergedBytesMax batches are merged into one sync up to this size
 * @param upkeepBytesMax the most that one step of upkeep writes, give or take one entry
 */
public record RaftLogOptions(
    int segmentBytes,
    long totalBytesTarget,
    long cacheBytes,
    int mergedBytesMax,
    int upkeepBytesMax) {

  /** For a server. */
  public static final RaftLogOptions DEFAULT =
      new RaftLogOptions(16 << 20, 1L << 30, 32 << 20, 8 << 20, 1 << 20);

  /** For tests and small embedded stores. */
  public static final RaftLogOptions SMALL =
      new RaftLogOptions(1 << 20, 16 << 20, 1 << 20, 256 << 10, 64 << 10);

  public RaftLogOptions {
    check(segmentBytes >= 512 && segmentBytes <= 1 << 30, "segmentBytes %d", segmentBytes);
    check(totalBytesTarget >= segmentBytes, "totalBytesTarget %d", totalBytesTarget);
    check(cacheBytes >= 0, "cacheBytes %d", cacheBytes);
    check(mergedBytesMax >= 0, "mergedBytesMax %d", mergedBytesMax);
    check(upkeepBytesMax >= 64, "upkeepBytesMax %d", upkeepBytesMax);
  }
}
