package dev.terrane.txn;

import dev.terrane.common.region.RegionError;

/** Takes the outcome of {@link RegionStorage#read}: exactly one call, on any thread. */
public interface ReadReply {
  /** The Region may be read now. The receiver closes {@code reader}. */
  void ready(RegionReader reader);

  void refused(RegionError error);
}
