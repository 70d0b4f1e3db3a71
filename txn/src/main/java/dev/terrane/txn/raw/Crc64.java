package dev.terrane.txn.raw;

import dev.terrane.common.Bytes;

/** CRC-64/XZ: the ECMA-182 polynomial, reflected, all ones before and after. */
final class Crc64 {
  private static final long POLYNOMIAL = 0xC96C5795D7870F42L;
  private static final long[] TABLE = new long[256];

  static {
    for (int i = 0; i < TABLE.length; i++) {
      long crc = i;
      for (int bit = 0; bit < Byte.SIZE; bit++) {
        crc = (crc & 1) == 0 ? crc >>> 1 : crc >>> 1 ^ POLYNOMIAL;
      }
      TABLE[i] = crc;
    }
  }

  private Crc64() {}

  /** The checksum of nothing. */
  static final long NOTHING = 0;

  /** The checksum of what {@code crc} is the checksum of, followed by {@code bytes}. */
  static long update(long crc, Bytes bytes) {
    byte[] array = bytes.backingArray();
    long register = ~crc;
    for (int i = bytes.offset(), end = i + bytes.length(); i < end; i++) {
      register = TABLE[(int) (register ^ array[i]) & 0xff] ^ register >>> Byte.SIZE;
    }
    return ~register;
  }
}
