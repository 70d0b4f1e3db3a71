package dev.terrane.client;

/**
 * A digest of a range of keys, the same in whatever order and Regions they are read.
 *
 * @param crc64Xor the exclusive or, over all pairs, of CRC-64/XZ of key then value; keys have their
 *     keyspace's prefix in version 2
 * @param keys how many pairs there are
 * @param bytes the lengths of all keys and values
 */
public record RawChecksum(long crc64Xor, long keys, long bytes) {
  public static final RawChecksum NONE = new RawChecksum(0, 0, 0);

  /** The digest of both, which cover different keys. */
  public RawChecksum and(RawChecksum other) {
    return new RawChecksum(crc64Xor ^ other.crc64Xor, keys + other.keys, bytes + other.bytes);
  }
}
