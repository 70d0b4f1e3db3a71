package dev.terrane.bench.parts;

import dev.terrane.common.Bytes;
import java.util.SplittableRandom;

/** Keys of 16 bytes and values of 100, random and the same in every run. */
final class Puts {
  static final int KEY_BYTES = 16;
  static final int VALUE_BYTES = 100;

  private Puts() {}

  static Bytes[] keys(int count) {
    return random(count, KEY_BYTES);
  }

  static Bytes[] values(int count) {
    return random(count, VALUE_BYTES);
  }

  private static Bytes[] random(int count, int length) {
    SplittableRandom random = new SplittableRandom(length);
    Bytes[] all = new Bytes[count];
    for (int i = 0; i < count; i++) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      all[i] = Bytes.wrap(bytes);
    }
    return all;
  }
}
