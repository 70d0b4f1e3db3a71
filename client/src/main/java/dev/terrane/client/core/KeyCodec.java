package dev.terrane.client.core;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.Memcomparable;
import dev.terrane.common.region.Region;
import dev.terrane.proto.kvrpcpb.APIVersion;

/**
 * The three forms of a raw key: the user's, the one on the wire, and the one that PD's Region
 * bounds are in. In version 1 they are the same. In version 2 the wire key is {@code 'r'}, the
 * keyspace's id in three bytes, then the user's key; PD has the memcomparable encoding of that.
 */
public final class KeyCodec {
  private static final int KEYSPACE_MAX = 0xffffff;

  private final Bytes prefix;
  private final Bytes prefixEnd;
  private final APIVersion apiVersion;
  private final int keyspaceId;

  private KeyCodec(Bytes prefix, Bytes prefixEnd, APIVersion apiVersion, int keyspaceId) {
    this.prefix = prefix;
    this.prefixEnd = prefixEnd;
    this.apiVersion = apiVersion;
    this.keyspaceId = keyspaceId;
  }

  public static KeyCodec version1() {
    return new KeyCodec(Bytes.EMPTY, Bytes.EMPTY, APIVersion.V1, 0);
  }

  /** For one keyspace of a version 2 cluster; ids have three bytes. */
  public static KeyCodec version2(int keyspaceId) {
    if (keyspaceId < 0 || keyspaceId > KEYSPACE_MAX) {
      throw new IllegalArgumentException("keyspace id " + keyspaceId + " has not three bytes");
    }
    Bytes prefix =
        Bytes.of('r', keyspaceId >> 16 & 0xff, keyspaceId >> 8 & 0xff, keyspaceId & 0xff);
    int next = keyspaceId + 1;
    Bytes end =
        next > KEYSPACE_MAX
            ? Bytes.of('s')
            : Bytes.of('r', next >> 16 & 0xff, next >> 8 & 0xff, next & 0xff);
    return new KeyCodec(prefix, end, APIVersion.V2, keyspaceId);
  }

  APIVersion apiVersion() {
    return apiVersion;
  }

  int keyspaceId() {
    return keyspaceId;
  }

  Bytes toWire(Bytes userKey) {
    return prefix.concat(userKey);
  }

  /** An unbounded side becomes the keyspace's own bound. */
  KeyRange toWire(KeyRange userRange) {
    return new KeyRange(
        prefix.concat(userRange.start()),
        userRange.end().isEmpty() ? prefixEnd : prefix.concat(userRange.end()));
  }

  Bytes toUser(Bytes wireKey) {
    return wireKey.from(prefix.length());
  }

  /** The form in which PD is asked for a key; empty stays empty. */
  Bytes toPd(Bytes wireKey) {
    return apiVersion == APIVersion.V2 && !wireKey.isEmpty()
        ? Memcomparable.encode(wireKey)
        : wireKey;
  }

  /**
   * A Region with its bounds as wire keys.
   *
   * @throws IllegalArgumentException if a bound is not in this version's form
   */
  Region fromPd(Region region) {
    if (apiVersion != APIVersion.V2) {
      return region;
    }
    KeyRange range =
        new KeyRange(boundFromPd(region.range().start()), boundFromPd(region.range().end()));
    return new Region(region.id(), range, region.epoch(), region.peers());
  }

  private static Bytes boundFromPd(Bytes bound) {
    return bound.isEmpty() ? bound : Memcomparable.decode(bound);
  }
}
