package dev.terrane.store;

import dev.terrane.raft.RaftConfig;
import java.time.Duration;

/**
 * The limits and timings of one store.
 *
 * @param raft of every peer
 * @param tick how long one tick of Raft lasts
 * @param clockDrift by how much of the minimum election timeout a lease is shorter than it
 */
public record StoreConfig(
    RaftConfig raft,
    Duration tick,
    double clockDrift,
    Requests requests,
    Intervals intervals,
    Log log,
    Snapshots snapshots) {
  private static final int MIB = 1 << 20;

  /** For a server. */
  public static final StoreConfig DEFAULT =
      new StoreConfig(
          RaftConfig.DEFAULT.withElectionTicks(10, 15, 4),
          Duration.ofMillis(100),
          0.1,
          new Requests(1 << 16, 64L * MIB, 34 * MIB),
          new Intervals(
              Duration.ofSeconds(10),
              Duration.ofSeconds(5),
              Duration.ofSeconds(10),
              Duration.ofSeconds(60),
              Duration.ofMinutes(3)),
          new Log(16L * MIB, 128L * MIB, 1024L * MIB, 1 << 21),
          new Snapshots(MIB, 512 << 10, 100L * MIB, 2));

  /**
   * What is taken in.
   *
   * @param countMax requests admitted and not yet answered
   * @param bytesMax of such requests
   * @param entryBytesMax of one write
   */
  public record Requests(int countMax, long bytesMax, int entryBytesMax) {
    public Requests {
      require(countMax > 0 && countMax <= 1 << 20, "requests.countMax");
      require(bytesMax > 0, "requests.bytesMax");
      require(entryBytesMax > 0 && entryBytesMax <= 64 * MIB, "requests.entryBytesMax");
    }
  }

  /**
   * How long, and how often.
   *
   * @param undeterminedAfter how long a write that this store proposed is waited for once it no
   *     longer leads
   * @param readTimeout how long a read waits for being confirmed
   * @param storeHeartbeat how often PD hears of the store
   * @param regionHeartbeat how often PD hears of a Region that does not change
   * @param digest how often stores compare which peers they have
   */
  public record Intervals(
      Duration undeterminedAfter,
      Duration readTimeout,
      Duration storeHeartbeat,
      Duration regionHeartbeat,
      Duration digest) {}

  /**
   * How much log is kept, of one Region and of all together. What a peer needs that is being sent a
   * snapshot, or catches up after one, is kept beyond all of these.
   *
   * @param retainedBytes of what is applied in one Region, for peers that lag a little
   * @param bytesMax of one Region, beyond which even a lagging or silent peer's entries are
   *     released
   * @param budgetBytes of the log's files, for all Regions together: beyond it, whoever holds the
   *     oldest of them releases first, whatever a Region may keep
   * @param budgetEntries the same in entries, since each takes some heap
   */
  public record Log(long retainedBytes, long bytesMax, long budgetBytes, long budgetEntries) {
    public Log {
      require(retainedBytes > 0, "log.retainedBytes");
      require(bytesMax >= retainedBytes, "log.bytesMax");
      require(budgetBytes > 0, "log.budgetBytes");
      require(budgetEntries > 0, "log.budgetEntries");
    }
  }

  /**
   * How snapshots travel.
   *
   * @param inlineBytesMax up to which a received snapshot is kept in the log, not in files
   * @param chunkBytes of one message
   * @param bytesPerSecond that this store sends, in all
   * @param atOnce sent at a time, and likewise received
   */
  public record Snapshots(int inlineBytesMax, int chunkBytes, long bytesPerSecond, int atOnce) {
    public Snapshots {
      require(inlineBytesMax >= 0 && inlineBytesMax <= 2 * MIB, "snapshots.inlineBytesMax");
      require(chunkBytes > 0 && chunkBytes <= 2 * MIB, "snapshots.chunkBytes");
      require(bytesPerSecond > 0, "snapshots.bytesPerSecond");
      require(atOnce > 0, "snapshots.atOnce");
    }
  }

  public StoreConfig {
    require(!tick.isNegative() && !tick.isZero(), "tick");
    require(clockDrift > 0 && clockDrift < 1, "clockDrift");
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
    return new StoreConfig(newRaft, newTick, clockDrift, requests, intervals, log, snapshots);
  }

  public StoreConfig withRequests(int countMax, long bytesMax) {
    Requests changed = new Requests(countMax, bytesMax, requests.entryBytesMax);
    return new StoreConfig(raft, tick, clockDrift, changed, intervals, log, snapshots);
  }

  public StoreConfig withLog(long retainedBytes, long bytesMax) {
    Log changed = new Log(retainedBytes, bytesMax, log.budgetBytes, log.budgetEntries);
    return new StoreConfig(raft, tick, clockDrift, requests, intervals, changed, snapshots);
  }

  public StoreConfig withLogBudget(long budgetBytes, long budgetEntries) {
    Log changed = new Log(log.retainedBytes, log.bytesMax, budgetBytes, budgetEntries);
    return new StoreConfig(raft, tick, clockDrift, requests, intervals, changed, snapshots);
  }

  public StoreConfig withSnapshots(int inlineBytesMax, int chunkBytes, long bytesPerSecond) {
    Snapshots changed = new Snapshots(inlineBytesMax, chunkBytes, bytesPerSecond, snapshots.atOnce);
    return new StoreConfig(raft, tick, clockDrift, requests, intervals, log, changed);
  }
}
