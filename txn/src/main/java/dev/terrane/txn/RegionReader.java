package dev.terrane.txn;

import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionError;
import dev.terrane.engine.EngineSnapshot;
import dev.terrane.engine.KvReader;
import org.jspecify.annotations.Nullable;

/**
 * Permission to read the keys of one Region, as of the moment it was given or later. What is read
 * is an answer only if {@link #recheck}, called after the last row, finds nothing.
 *
 * <p>The engine holds many Regions, so the reader's user keeps to keys of {@link #region}. Confined
 * to one thread at a time.
 */
public interface RegionReader extends AutoCloseable {
  /** The Region when the permission was given. */
  Region region();

  /** What a decision made on this reader's data must be proposed under. Of leaders only. */
  DecisionStamp stamp();

  /**
   * The newest state, for single keys; costs no snapshot. Keys read apart may be of two moments.
   */
  KvReader latest();

  /** One moment's state, no older than the permission. Taken at the first call. */
  EngineSnapshot snapshot();

  /**
   * Why what was read must not be answered after all: the Region's range changed, or its data is
   * being replaced by a snapshot. Null if nothing is wrong.
   */
  @Nullable RegionError recheck();

  /** Exactly once. Closes the snapshot, if one was taken. */
  @Override
  void close();
}
