package dev.terrane.txn;

import dev.terrane.common.region.RegionError;

/** Takes the outcome of {@link RegionStorage#write}: exactly one call, on any thread. */
public interface WriteReply {
  /** The mutations are committed, and applied here. */
  void applied();

  /**
   * Not applied, except that after {@link RegionError.UndeterminedResult} nobody can tell: it may
   * have happened or may yet happen.
   */
  void refused(RegionError error);
}
