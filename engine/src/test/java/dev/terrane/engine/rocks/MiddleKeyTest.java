package dev.terrane.engine.rocks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class MiddleKeyTest {
  @Test
  void midpointLiesBetween() {
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      Bytes a = bytes(random);
      Bytes b = bytes(random);
      if (a.equals(b)) {
        continue;
      }
      Bytes low = a.compareTo(b) < 0 ? a : b;
      Bytes high = a.compareTo(b) < 0 ? b : a;

      assertThat(MiddleKey.midpoint(low, high)).isBetween(low, high);
    }
  }

  private static Bytes bytes(Random random) {
    int[] bytes = new int[random.nextInt(12)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = random.nextBoolean() ? 0xff * random.nextInt(2) : random.nextInt(256);
    }
    return Bytes.of(bytes);
  }

  @Test
  void midpointHalvesWhatDiffers() {
    assertThat(MiddleKey.midpoint(Bytes.ofUtf8("user0000"), Bytes.ofUtf8("user8")))
        .isBetween(Bytes.ofUtf8("user4"), Bytes.ofUtf8("user5"));
    assertThat(MiddleKey.midpoint(Bytes.EMPTY, Bytes.of(0x80)).at(0)).isEqualTo((byte) 0x40);
  }
}
