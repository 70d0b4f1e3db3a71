package dev.terrane.txn.raw;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import org.jspecify.annotations.Nullable;

/** Between what clients send and what the engine holds, for one api version. Stateless. */
sealed interface RawCodec permits PlainCodec, ExpiringCodec, VersionTwoCodec {
  static RawCodec of(ApiVersion version) {
    return switch (version) {
      case V1 -> new PlainCodec();
      case V1TTL -> new ExpiringCodec();
      case V2 -> new VersionTwoCodec();
    };
  }

  /** Why {@code key} is not a raw key here, or null if it is one. */
  @Nullable RawRejection checkKey(Bytes key);

  /** Why {@code lower} to {@code upper}, empty meaning unbounded, is not a range of raw keys. */
  @Nullable RawRejection checkRange(Bytes lower, Bytes upper);

  Bytes engineKey(Bytes userKey);

  Bytes userKey(Bytes engineKey);

  /** The engine's range for bounds that {@link #checkRange} has passed. */
  KeyRange engineRange(Bytes lower, Bytes upper);

  /**
   * The engine's range for bounds of any mode, raw or not, where an empty one is none: of what is
   * destroyed without looking at it.
   */
  KeyRange engineRangeOfAnyMode(Bytes lower, Bytes upper);

  /**
   * What the engine holds for {@code userValue}.
   *
   * @param expirySeconds 0 for never; must be 0 where values have no expiry
   */
  Bytes engineValue(Bytes userValue, long expirySeconds);

  Bytes userValue(Bytes engineValue);

  /** When the value expires in Unix seconds, or 0 for never. */
  long expirySeconds(Bytes engineValue);

  /**
   * The end of a value by which it is recognised as expired: whatever ends so is expired too. Asked
   * only for values with an expiry.
   */
  Bytes expirySuffix(Bytes engineValue);
}
