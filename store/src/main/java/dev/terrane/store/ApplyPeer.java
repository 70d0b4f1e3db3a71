package dev.terrane.store;

import dev.terrane.common.region.Region;
import dev.terrane.store.wire.AppliedPosition;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What the applier knows of one Region. Confined to the applier.
 *
 * <p>{@code position} and {@code region} are as of the batch that is being filled, so they may be
 * ahead of what the engine has.
 */
final class ApplyPeer {
  final long regionId;
  final long peerId;

  /**
   * Entries that wait behind the barrier of an administrative entry, or for a value that only the
   * disk has; bounded by Raft's limits.
   */
  final ArrayDeque<ApplyTask.Entries> waiting = new ArrayDeque<>();

  /** An entry of which a part is applied, and the rest comes in the next cycle. */
  @Nullable EntryInHand inHand;

  Region region;
  AppliedPosition position;
  boolean barrierRuns;
  boolean readRuns;

  /** What was read for the change that waits in {@link #inHand}; null if nothing was. */
  ApplyTask.@Nullable ValueRead read;

  AppliedRegion.@Nullable RegionChange change;
  long bytesWritten;
  long keysWritten;

  ApplyPeer(long regionId, long peerId, Region region, AppliedPosition position) {
    this.regionId = regionId;
    this.peerId = peerId;
    this.region = region;
    this.position = position;
  }

  /** What the loop is to hear; the counts start anew. */
  AppliedRegion report() {
    AppliedRegion report =
        new AppliedRegion(
            regionId, peerId, position.index(), position.term(), bytesWritten, keysWritten, change);
    bytesWritten = 0;
    keysWritten = 0;
    change = null;
    return report;
  }
}
