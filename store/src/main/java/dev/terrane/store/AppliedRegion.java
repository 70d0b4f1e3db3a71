package dev.terrane.store;

import dev.terrane.common.region.Region;
import dev.terrane.raft.ConfChange;
import org.jspecify.annotations.Nullable;

/**
 * How far the applier has got with one peer.
 *
 * @param index the last entry applied
 * @param term the term of that entry
 * @param bytesWritten of keys and values since the last report
 * @param keysWritten since the last report
 * @param change what the last entry changed of the Region, or null
 */
record AppliedRegion(
    long regionId,
    long peerId,
    long index,
    long term,
    long bytesWritten,
    long keysWritten,
    @Nullable RegionChange change) {

  /**
   * An applied membership change; durable when it is reported.
   *
   * @param confChange what Raft has to put into effect
   * @param region the Region as it is now
   */
  record RegionChange(ConfChange confChange, Region region) {}
}
