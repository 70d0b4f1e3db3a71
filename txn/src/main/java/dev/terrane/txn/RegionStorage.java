package dev.terrane.txn;

import dev.terrane.common.KeyRange;
import dev.terrane.common.region.RegionContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A store's Regions as commands see them. Keys are engine keys. Implemented by the store; tests
 * implement it over an engine alone.
 *
 * <p>Thread-safe. Never blocks, and calls each reply exactly once, on any thread, possibly before
 * the call returns; replies do not block either.
 */
public interface RegionStorage {
  /**
   * Asks to read. Replies on the caller's thread when nothing must be waited for, as on a leader
   * with a valid lease.
   *
   * @param keys what the Region must contain, else the answer is {@code KeyNotInRegion}. Null when
   *     the caller compares its bounds with {@link RegionReader#region} itself, as scans do.
   */
  void read(RegionContext context, ReadMode mode, @Nullable KeyRange keys, ReadReply reply);

  /**
   * Replicates and applies {@code mutations}.
   *
   * <p>A leader replies only when the fate of what it proposed is decided. It replies {@code
   * UndeterminedResult} only once it no longer leads in the term of the proposal, so that a
   * decision made later on this store's data sees the proposal's effect or fails by its stamp.
   *
   * @param keys covers all keys of {@code mutations}
   * @param decidedOn where the decision was made on data that was read: proposed only while this
   *     still holds, else {@code StaleCommand} or {@code EpochNotMatch}, and nothing was proposed
   */
  void write(
      RegionContext context,
      KeyRange keys,
      Mutations mutations,
      @Nullable DecisionStamp decidedOn,
      WriteReply reply);

  /** The Regions with data here that overlap {@code range}, in key order. */
  List<LocalRegion> regionsIn(KeyRange range);
}
