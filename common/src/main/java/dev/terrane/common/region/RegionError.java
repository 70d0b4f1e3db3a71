package dev.terrane.common.region;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a store did not serve a well-formed request. With every kind but {@link UndeterminedResult},
 * nothing has happened and nothing of the request will.
 */
public sealed interface RegionError {
  /** Someone else leads; {@code leader} is null while there is no known one. */
  record NotLeader(long regionId, @Nullable Peer leader) implements RegionError {}

  record RegionNotFound(long regionId) implements RegionError {}

  record KeyNotInRegion(Bytes key, long regionId, KeyRange range) implements RegionError {}

  /** {@code current}: the Regions that now are where the request's Region was; may be empty. */
  record EpochNotMatch(List<Region> current) implements RegionError {
    public EpochNotMatch {
      current = List.copyOf(current);
    }
  }

  record ServerIsBusy(String reason, Duration backoff) implements RegionError {}

  /** The proposal was overwritten by an entry of another term, or the context's term is old. */
  record StaleCommand() implements RegionError {}

  record StoreNotMatch(long requestStoreId, long actualStoreId) implements RegionError {}

  record MismatchPeerId(long requestPeerId, long storePeerId) implements RegionError {}

  /** {@code bytesMax} is 0 where the store does not say what it takes. */
  record RaftEntryTooLarge(long regionId, long entryBytes, long bytesMax) implements RegionError {
    public RaftEntryTooLarge(long regionId, long entryBytes) {
      this(regionId, entryBytes, 0);
    }
  }

  /** The leader cannot confirm reads now, for example in its first moments. */
  record ReadIndexNotReady(long regionId, String reason) implements RegionError {}

  /** This peer waits for its first data. */
  record RegionNotInitialized(long regionId) implements RegionError {}

  record DiskFull(long storeId, String reason) implements RegionError {}

  /** A stale read above what this peer has resolved. */
  record DataIsNotReady(long regionId, long peerId, long safeTs) implements RegionError {}

  /** The write may have happened or may yet happen. Never to be retried blindly. */
  record UndeterminedResult(String message) implements RegionError {}

  /** Anything without a structured form; clients reload the Region and try again. */
  record Other(String message) implements RegionError {}
}
