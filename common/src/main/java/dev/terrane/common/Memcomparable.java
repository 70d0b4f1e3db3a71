package dev.terrane.common;

import java.util.Arrays;

/**
 * TiKV's order-preserving encoding of byte strings: groups of eight bytes, each followed by a
 * marker. A full group has marker {@code 0xff}; the last group, which is always there and may be
 * empty, is padded with zeros and has marker {@code 0xff - padding}. The byte order of encodings is
 * the byte order of what they encode, and no encoding is a prefix of another.
 */
public final class Memcomparable {
  private static final int GROUP = 8;
  private static final int FULL_MARKER = 0xff;

  private Memcomparable() {}

  /** How many bytes {@link #encode} makes of {@code length} bytes. */
  public static int encodedLength(int length) {
    return (length / GROUP + 1) * (GROUP + 1);
  }

  public static Bytes encode(Bytes key) {
    byte[] encoded = new byte[encodedLength(key.length())];
    byte[] source = key.backingArray();
    int read = key.offset();
    int left = key.length();
    int write = 0;
    while (left >= GROUP) {
      System.arraycopy(source, read, encoded, write, GROUP);
      encoded[write + GROUP] = (byte) FULL_MARKER;
      read += GROUP;
      left -= GROUP;
      write += GROUP + 1;
    }
    System.arraycopy(source, read, encoded, write, left);
    encoded[write + GROUP] = (byte) (FULL_MARKER - (GROUP - left));
    return Bytes.wrap(encoded);
  }

  /**
   * What {@link #encode} was given.
   *
   * @throws IllegalArgumentException if {@code encoded} is not a whole, canonical encoding
   */
  public static Bytes decode(Bytes encoded) {
    int groups = encoded.length() / (GROUP + 1);
    if (groups == 0 || encoded.length() % (GROUP + 1) != 0) {
      throw notCanonical(encoded);
    }
    byte[] decoded = new byte[groups * GROUP];
    byte[] source = encoded.backingArray();
    int read = encoded.offset();
    int padding = 0;
    for (int group = 0; group < groups; group++) {
      System.arraycopy(source, read, decoded, group * GROUP, GROUP);
      padding = FULL_MARKER - (source[read + GROUP] & 0xff);
      boolean last = group == groups - 1;
      if (last ? padding < 1 || padding > GROUP : padding != 0) {
        throw notCanonical(encoded);
      }
      read += GROUP + 1;
    }
    int length = decoded.length - padding;
    for (int i = length; i < decoded.length; i++) {
      if (decoded[i] != 0) {
        throw notCanonical(encoded);
      }
    }
    return Bytes.wrap(Arrays.copyOf(decoded, length));
  }

  private static IllegalArgumentException notCanonical(Bytes encoded) {
    return new IllegalArgumentException("not a memcomparable encoding: " + encoded.toHex());
  }
}
