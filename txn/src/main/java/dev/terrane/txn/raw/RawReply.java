package dev.terrane.txn.raw;

import dev.terrane.common.region.RegionError;
import org.jspecify.annotations.Nullable;

/** Takes the outcome of a raw command: exactly one call, on any thread. Must not block or throw. */
public interface RawReply<T extends @Nullable Object> {
  void answer(T value);

  /** Routed wrongly, or not served now. */
  void refused(RegionError error);

  /** Never to be served in this form. */
  void rejected(RawRejection rejection);
}
