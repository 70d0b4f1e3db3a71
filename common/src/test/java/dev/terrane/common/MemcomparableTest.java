package dev.terrane.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MemcomparableTest {
  @Test
  void encodesAsTikvDoes() {
    assertThat(Memcomparable.encode(Bytes.EMPTY).toHex()).isEqualTo("0000000000000000f7");
    assertThat(Memcomparable.encode(Bytes.ofUtf8("a")).toHex()).isEqualTo("6100000000000000f8");
    assertThat(Memcomparable.encode(Bytes.ofUtf8("12345678")).toHex())
        .isEqualTo("3132333435363738ff0000000000000000f7");
  }

  @Test
  void keepsOrderAndDecodesToWhatWasEncoded() {
    Random random = new Random(17);
    for (int i = 0; i < 5_000; i++) {
      Bytes left = randomKey(random);
      Bytes right = randomKey(random);
      Bytes encodedLeft = Memcomparable.encode(left);
      Bytes encodedRight = Memcomparable.encode(right);
      assertThat(Integer.signum(encodedLeft.compareTo(encodedRight)))
          .isEqualTo(Integer.signum(left.compareTo(right)));
      assertThat(Memcomparable.decode(encodedLeft)).isEqualTo(left);
      assertThat(encodedLeft.length()).isEqualTo(Memcomparable.encodedLength(left.length()));
    }
  }

  /** Few byte values and lengths around the group size, so that near misses are common. */
  private static Bytes randomKey(Random random) {
    int[] bytes = random.ints(random.nextInt(19), 0, 3).map(i -> i == 2 ? 0xff : i).toArray();
    return Bytes.of(bytes);
  }

  @Test
  void refusesWhatIsNoEncoding() {
    String[] bad = {
      "",
      "00",
      "0000000000000000ff",
      "0000000000000000f6",
      "0000000000000001f7",
      "3132333435363738f70000000000000000f7",
      "0000000000000000f700"
    };
    for (String hex : bad) {
      Bytes encoded = Bytes.wrap(HexFormat.of().parseHex(hex));
      assertThatThrownBy(() -> Memcomparable.decode(encoded))
          .as(hex)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("not a memcomparable encoding");
    }
  }
}
