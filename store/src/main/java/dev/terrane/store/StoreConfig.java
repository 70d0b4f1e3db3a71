package dev.terrane.store;

import dev.terrane.raft.RaftConfig;
import java.time.Duration;

/**
 * The limits and timings of one store.
 *
 * @param raft of every peer
 * @param tick how long one tick of Raft lasts
 * @param clockDrift by how much of the minimum election timeout a lease is shorter than it
 * @param requestsMax requests admitted and not yet answered
 * @param requestBytesMax bytes of such requests
 * @param entryBytesMax of one write
 * @param undeterminedAfter how long a write that this store proposed is waited for once it no
 *     longer leads
 * @param readTimeout how long a read waits for being confirmed
 * @param storeHeartbeat how often PD hears of the store
 * @param regionHeartbeat how often PD hears of a Region that does not change
 * @param digestInterval how often stores compare which peers they have
 * @param logBytesRetained of a Region's applied log, kept for peers that lag a little
 * @param logBytesMax of a Region's log beyond which even a lagging peer's entries are released
 * @param snapshotInlineBytesMax up to which a received snapshot is kept in the log, not in files
 * @param snapshotChunkBytes of one message of a snapshot
 * @param snapshotBytesPerSecond that this store sends in snapshots, in all
 * @param snapshotsAtOnce sent at a time, and likewise received
 */
public record StoreConfig(
    RaftConfig raft,
    Duration tick,
    double clockDrift,
    int requestsMax,
    long requestBytesMax,
    int entryBytesMax,
    Duration undeterminedAfter,
    Duration readTimeout,
    Duration storeHeartbeat,
    Duration regionHeartbeat,
    Duration digestInterval,
    long logBytesRetained,
    long logBytesMax,
    int snapshotInlineBytesMax,
    int snapshotChunkBytes,
    long snapshotBytesPerSecond,
    int snapshotsAtOnce) {
  private static final int MIB = 1 << 20;

  /** For a server. */
  public static final StoreConfig DEFAULT =
      new StoreConfig(
          RaftConfig.DEFAULT.withElectionTicks(10, 15, 3),
          Duration.ofMillis(100),
          0.1,
          1 << 16,
          64L * MIB,
          34 * MIB,
          Duration.ofSeconds(10),
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          Duration.ofMinutes(3),
          16L * MIB,
          128L * MIB,
          MIB,
          512 << 10,
          100L * MIB,
          2);

  public StoreConfig {
    require(!tick.isNegative() && !tick.isZero(), "tick");
    require(clockDrift > 0 && clockDrift < 1, "clockDrift");
    require(requestsMax > 0 && requestsMax <= 1 << 20, "requestsMax");
    require(requestBytesMax > 0, "requestBytesMax");
    require(entryBytesMax > 0 && entryBytesMax <= 64 * MIB, "entryBytesMax");
    require(logBytesRetained > 0, "logBytesRetained");
    require(logBytesMax >= logBytesRetained, "logBytesMax");
    require(snapshotInlineBytesMax >= 0 && snapshotInlineBytesMax <= 2 * MIB, "inlineBytesMax");
    require(snapshotChunkBytes > 0 && snapshotChunkBytes <= 2 * MIB, "snapshotChunkBytes");
    require(snapshotBytesPerSecond > 0, "snapshotBytesPerSecond");
    require(snapshotsAtOnce > 0, "snapshotsAtOnce");
  }

  /** How long a lease lasts from the start of the round that gives it. */
  public long leaseNanos() {
    return (long) (tick.toNanos() * raft.electionTicksMin() * (1 - clockDrift));
  }

  private static void require(boolean condition, String name) {
    if (!condition) {
      throw new IllegalArgumentException(name + " is out of range");
    }
  }

  public StoreConfig withRaft(RaftConfig newRaft, Duration newTick) {
    return new StoreConfig(
        newRaft,
        newTick,
        clockDrift,
        requestsMax,
        requestBytesMax,
        entryBytesMax,
        undeterminedAfter,
        readTimeout,
        storeHeartbeat,
        regionHeartbeat,
        digestInterval,
        logBytesRetained,
        logBytesMax,
        snapshotInlineBytesMax,
        snapshotChunkBytes,
        snapshotBytesPerSecond,
        snapshotsAtOnce);
  }

  public StoreConfig withRequests(int newRequestsMax, long newRequestBytesMax) {
    return new StoreConfig(
        raft,
        tick,
        clockDrift,
        newRequestsMax,
        newRequestBytesMax,
        entryBytesMax,
        undeterminedAfter,
        readTimeout,
        storeHeartbeat,
        regionHeartbeat,
        digestInterval,
        logBytesRetained,
        logBytesMax,
        snapshotInlineBytesMax,
        snapshotChunkBytes,
        snapshotBytesPerSecond,
        snapshotsAtOnce);
  }

  public StoreConfig withLog(long newLogBytesRetained, long newLogBytesMax) {
    return new StoreConfig(
        raft,
        tick,
        clockDrift,
        requestsMax,
        requestBytesMax,
        entryBytesMax,
        undeterminedAfter,
        readTimeout,
        storeHeartbeat,
        regionHeartbeat,
        digestInterval,
        newLogBytesRetained,
        newLogBytesMax,
        snapshotInlineBytesMax,
        snapshotChunkBytes,
        snapshotBytesPerSecond,
        snapshotsAtOnce);
  }

  public StoreConfig withSnapshots(int inlineBytesMax, int chunkBytes, long bytesPerSecond) {
    return new StoreConfig(
        raft,
        tick,
        clockDrift,
        requestsMax,
        requestBytesMax,
        entryBytesMax,
        undeterminedAfter,
        readTimeout,
        storeHeartbeat,
        regionHeartbeat,
        digestInterval,
        logBytesRetained,
        logBytesMax,
        inlineBytesMax,
        chunkBytes,
        bytesPerSecond,
        snapshotsAtOnce);
  }
}
