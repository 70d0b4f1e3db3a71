package dev.terrane.cli.text;

import dev.terrane.common.Bytes;

/** Where one UTF-8 character ends, by RFC 3629: no overlong forms, no surrogates. */
public final class Utf8 {
  private Utf8() {}

  /** Where from {@code start} on a byte belongs to no well-formed character; -1 if nowhere. */
  static int firstMalformed(Bytes bytes, int start) {
    int i = start;
    while (i < bytes.length()) {
      int length = bytes.at(i) >= 0 ? 1 : sequenceLength(bytes, i);
      if (length == 0) {
        return i;
      }
      i += length;
    }
    return -1;
  }

  /** Whether all of it is well-formed. */
  public static boolean isWellFormed(Bytes bytes) {
    return firstMalformed(bytes, 0) < 0;
  }

  /** The length of the well-formed character at {@code index}, or 0 if there is none. */
  static int sequenceLength(Bytes bytes, int index) {
    int first = bytes.at(index) & 0xff;
    if (first < 0x80) {
      return 1;
    }
    if (first >= 0xc2 && first <= 0xdf) {
      return continues(bytes, index + 1, 1, 0x80, 0xbf) ? 2 : 0;
    }
    if (first >= 0xe0 && first <= 0xef) {
      int min = first == 0xe0 ? 0xa0 : 0x80;
      int max = first == 0xed ? 0x9f : 0xbf;
      return continues(bytes, index + 1, 2, min, max) ? 3 : 0;
    }
    if (first >= 0xf0 && first <= 0xf4) {
      int min = first == 0xf0 ? 0x90 : 0x80;
      int max = first == 0xf4 ? 0x8f : 0xbf;
      return continues(bytes, index + 1, 3, min, max) ? 4 : 0;
    }
    return 0;
  }

  /** Only the first continuation byte is bounded more tightly than 0x80 to 0xbf. */
  private static boolean continues(Bytes bytes, int index, int count, int min, int max) {
    if (index + count > bytes.length()) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      int b = bytes.at(index + i) & 0xff;
      if (b < (i == 0 ? min : 0x80) || b > (i == 0 ? max : 0xbf)) {
        return false;
      }
    }
    return true;
  }
}
