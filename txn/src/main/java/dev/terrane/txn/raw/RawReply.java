package dev.terrane.txn.raw;

import dev.terrane.common.region.RegionError;
import dev.terrane.common.traffic.Charge;
import org.jspecify.annotations.Nullable;

/** Takes the outcome of a raw command: exactly one call, on any thread. Must not block or throw. */
public interface RawReply<T extends @Nullable Object> {
  /**
   * Of which the bytes of the answer are taken as they are gathered. The receiver of the answer
   * gives them back when nobody needs them any more; a command that gives up, gives them back.
   */
  default Charge answerCharge() {
    return Charge.uncounted();
  }

  void answer(T value);

  /** Routed wrongly, or not served now. */
  void refused(RegionError error);

  /** Never to be served in this form. */
  void rejected(RawRejection rejection);
}
