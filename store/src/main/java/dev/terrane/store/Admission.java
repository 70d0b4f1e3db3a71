package dev.terrane.store;

import dev.terrane.common.region.RegionError;
import dev.terrane.engine.FlowSignals;
import dev.terrane.engine.StallState;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Whether a store takes in writes now: not when it has too much of them already, when its engine
 * cannot keep up, or when its disk is nearly full; then only what deletes. Reads are bounded by
 * credits alone.
 *
 * <p>Asked by request threads; told by the loop how the engine fares.
 */
final class Admission {
  private static final int LEVEL_ZERO_FILES_MAX = 32;
  private static final long PENDING_COMPACTION_BYTES_MAX = 64L << 30;
  private static final Duration ENGINE_BACKOFF = Duration.ofMillis(500);

  /** Kept free for deletes, and for what must be written although clients may no longer. */
  private static final long DISK_RESERVE_BYTES = 256L << 20;

  private final long storeId;
  private final Credits credits;
  private final DiskSpace diskSpace;
  private final EntryMemory entryMemory;
  private volatile @Nullable RegionError engineRefuses;
  private volatile @Nullable RegionError diskIsShort;

  Admission(long storeId, Credits credits, DiskSpace diskSpace, EntryMemory entryMemory) {
    this.storeId = storeId;
    this.credits = credits;
    this.diskSpace = diskSpace;
    this.entryMemory = entryMemory;
  }

  Credits credits() {
    return credits;
  }

  /** Why no write may come in now that adds something; null if one may. */
  @Nullable RegionError refusesWrites() {
    RegionError refusal = refusesDeletes();
    return refusal != null ? refusal : diskIsShort;
  }

  /**
   * Why not even deletes may come in now; null if they may. What is left of a nearly full disk is
   * kept for them: they are how it gets room again.
   */
  @Nullable RegionError refusesDeletes() {
    String full = diskSpace.fullReason();
    if (full != null) {
      return new RegionError.DiskFull(storeId, full);
    }
    RegionError refusal = engineRefuses;
    return refusal != null ? refusal : entryMemory.refusal();
  }

  /** Whether there is too little room on a disk for what clients write. */
  boolean isDiskShort() {
    return diskSpace.fullReason() != null || diskIsShort != null;
  }

  /** Why there are no credits. */
  RegionError outOfCredits() {
    return new RegionError.ServerIsBusy(credits.toString(), Busy.BACKOFF);
  }

  /** How the engine fares now; from the loop. */
  void engine(FlowSignals signals) {
    engineRefuses = refusal(signals);
    diskIsShort =
        signals.diskFreeBytes() < DISK_RESERVE_BYTES
            ? new RegionError.DiskFull(
                storeId, signals.diskFreeBytes() + " bytes are left on the disk")
            : null;
  }

  private static @Nullable RegionError refusal(FlowSignals signals) {
    if (signals.stall() == StallState.STOPPED) {
      return busy("the engine has stopped writes");
    }
    if (signals.levelZeroFiles() > LEVEL_ZERO_FILES_MAX) {
      return busy(signals.levelZeroFiles() + " files wait for compaction");
    }
    if (signals.pendingCompactionBytes() > PENDING_COMPACTION_BYTES_MAX) {
      return busy(signals.pendingCompactionBytes() + " bytes wait for compaction");
    }
    return null;
  }

  private static RegionError busy(String reason) {
    return new RegionError.ServerIsBusy(reason, ENGINE_BACKOFF);
  }
}
