package dev.terrane.txn.raw;

import dev.terrane.common.Bytes;
import dev.terrane.common.Invariant;
import dev.terrane.common.KeyRange;
import org.jspecify.annotations.Nullable;

/** Version 1 without TTL: keys and values as they came. */
final class PlainCodec implements RawCodec {
  @Override
  public @Nullable RawRejection checkKey(Bytes key) {
    return null;
  }

  @Override
  public @Nullable RawRejection checkRange(Bytes lower, Bytes upper) {
    return null;
  }

  @Override
  public Bytes engineKey(Bytes userKey) {
    return userKey;
  }

  @Override
  public Bytes userKey(Bytes engineKey) {
    return engineKey;
  }

  @Override
  public KeyRange engineRange(Bytes lower, Bytes upper) {
    return new KeyRange(lower, upper);
  }

  @Override
  public KeyRange engineRangeOfAnyMode(Bytes lower, Bytes upper) {
    return engineRange(lower, upper);
  }

  @Override
  public Bytes engineValue(Bytes userValue, long expirySeconds) {
    Invariant.check(expirySeconds == 0, "expiry %d where there is no TTL", expirySeconds);
    return userValue;
  }

  @Override
  public Bytes userValue(Bytes engineValue) {
    return engineValue;
  }

  @Override
  public long expirySeconds(Bytes engineValue) {
    return 0;
  }

  @Override
  public Bytes expirySuffix(Bytes engineValue) {
    throw Invariant.violated("no value expires without TTL");
  }
}
