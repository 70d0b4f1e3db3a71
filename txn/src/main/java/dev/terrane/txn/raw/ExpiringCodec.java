package dev.terrane.txn.raw;

import dev.terrane.common.Bytes;
import dev.terrane.common.Invariant;
import dev.terrane.common.KeyRange;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Version 1 with TTL: keys as they came, and eight bytes of expiry behind every value. */
final class ExpiringCodec implements RawCodec {
  private static final int EXPIRY_BYTES = Long.BYTES;

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
    byte[] encoded = new byte[userValue.length() + EXPIRY_BYTES];
    userValue.copyTo(encoded, 0);
    ByteBuffer.wrap(encoded).putLong(userValue.length(), expirySeconds);
    return Bytes.wrap(encoded);
  }

  @Override
  public Bytes userValue(Bytes engineValue) {
    return engineValue.slice(0, userLength(engineValue));
  }

  @Override
  public long expirySeconds(Bytes engineValue) {
    return expirySuffix(engineValue).asByteBuffer().getLong();
  }

  @Override
  public Bytes expirySuffix(Bytes engineValue) {
    return engineValue.from(userLength(engineValue));
  }

  private static int userLength(Bytes engineValue) {
    int length = engineValue.length() - EXPIRY_BYTES;
    Invariant.check(length >= 0, "stored value of %d bytes has no expiry", engineValue.length());
    return length;
  }
}
