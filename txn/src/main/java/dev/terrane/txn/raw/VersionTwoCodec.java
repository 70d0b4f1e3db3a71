package dev.terrane.txn.raw;

import dev.terrane.common.Bytes;
import dev.terrane.common.Invariant;
import dev.terrane.common.KeyRange;
import dev.terrane.common.Memcomparable;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Version 2: keyspaces, memcomparable keys, and a flag byte behind every value. */
final class VersionTwoCodec implements RawCodec {
  private static final byte RAW_MODE = 'r';
  private static final Bytes RAW_MODE_START = Bytes.of(RAW_MODE);

  /** The bound of the last keyspace: one more than its prefix carries into the mode byte. */
  private static final Bytes RAW_MODE_END = Bytes.of(RAW_MODE + 1, 0, 0, 0);

  private static final int KEYSPACE_PREFIX_BYTES = 4;

  private static final int FLAG_BYTES = 1;
  private static final int EXPIRY_BYTES = Long.BYTES;
  private static final byte NO_EXPIRY = 0;
  private static final byte HAS_EXPIRY = 1;

  @Override
  public @Nullable RawRejection checkKey(Bytes key) {
    return key.length() >= KEYSPACE_PREFIX_BYTES && key.at(0) == RAW_MODE
        ? null
        : new RawRejection.KeyModeMismatch();
  }

  @Override
  public @Nullable RawRejection checkRange(Bytes lower, Bytes upper) {
    boolean lowerIsRaw = lower.startsWith(RAW_MODE_START);
    boolean upperIsRaw = upper.startsWith(RAW_MODE_START) || isEndOfRawKeys(upper);
    return lowerIsRaw && upperIsRaw ? null : new RawRejection.RangeModeMismatch();
  }

  private static boolean isEndOfRawKeys(Bytes upper) {
    return !upper.isEmpty() && RAW_MODE_END.startsWith(upper) && upper.at(0) == RAW_MODE + 1;
  }

  @Override
  public Bytes engineKey(Bytes userKey) {
    return Memcomparable.encode(userKey);
  }

  @Override
  public Bytes userKey(Bytes engineKey) {
    return Memcomparable.decode(engineKey);
  }

  @Override
  public KeyRange engineRange(Bytes lower, Bytes upper) {
    return new KeyRange(Memcomparable.encode(lower), Memcomparable.encode(upper));
  }

  @Override
  public KeyRange engineRangeOfAnyMode(Bytes lower, Bytes upper) {
    return new KeyRange(boundOfAnyMode(lower), boundOfAnyMode(upper));
  }

  private static Bytes boundOfAnyMode(Bytes bound) {
    return bound.isEmpty() ? Bytes.EMPTY : Memcomparable.encode(bound);
  }

  @Override
  public Bytes engineValue(Bytes userValue, long expirySeconds) {
    boolean expires = expirySeconds != 0;
    int length = userValue.length() + (expires ? EXPIRY_BYTES : 0);
    byte[] encoded = new byte[length + FLAG_BYTES];
    userValue.copyTo(encoded, 0);
    if (expires) {
      ByteBuffer.wrap(encoded).putLong(userValue.length(), expirySeconds);
    }
    encoded[length] = expires ? HAS_EXPIRY : NO_EXPIRY;
    return Bytes.wrap(encoded);
  }

  @Override
  public Bytes userValue(Bytes engineValue) {
    return engineValue.slice(0, userLength(engineValue));
  }

  @Override
  public long expirySeconds(Bytes engineValue) {
    int length = userLength(engineValue);
    return length + FLAG_BYTES == engineValue.length()
        ? 0
        : engineValue.from(length).asByteBuffer().getLong();
  }

  @Override
  public Bytes expirySuffix(Bytes engineValue) {
    return engineValue.from(userLength(engineValue));
  }

  private static int userLength(Bytes engineValue) {
    int stored = engineValue.length();
    Invariant.check(stored >= FLAG_BYTES, "stored value of %d bytes has no flag", stored);
    byte flag = engineValue.at(stored - FLAG_BYTES);
    Invariant.check(flag == NO_EXPIRY || flag == HAS_EXPIRY, "stored value has flags %d", flag);
    int length = stored - FLAG_BYTES - (flag == HAS_EXPIRY ? EXPIRY_BYTES : 0);
    Invariant.check(length >= 0, "stored value of %d bytes has no expiry", stored);
    return length;
  }
}
