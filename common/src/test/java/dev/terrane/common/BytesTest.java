package dev.terrane.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BytesTest {
  @Test
  void ordersAsUnsignedBytes() {
    assertThat(Bytes.of(0x7f)).isLessThan(Bytes.of(0x80));
    assertThat(Bytes.of(1)).isLessThan(Bytes.of(1, 0));
    assertThat(Bytes.EMPTY).isLessThan(Bytes.of(0));
  }

  @Test
  void slicesShareAndCompareByContent() {
    Bytes whole = Bytes.ofUtf8("terrane");
    assertThat(whole.slice(3, 4))
        .isEqualTo(Bytes.ofUtf8("rane"))
        .hasSameHashCodeAs(Bytes.ofUtf8("rane"));
    assertThat(whole.from(3).backingArray()).isSameAs(whole.backingArray());
    assertThat(whole.startsWith(Bytes.ofUtf8("terr"))).isTrue();
    assertThat(whole.from(1).startsWith(Bytes.ofUtf8("terr"))).isFalse();
    assertThatThrownBy(() -> whole.slice(5, 3)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> whole.slice(-1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void successorIsTheNextKey() {
    Bytes key = Bytes.ofUtf8("xab").slice(1, 2);
    assertThat(key.successor()).isEqualTo(Bytes.of('a', 'b', 0)).isGreaterThan(key);
    assertThat(Bytes.EMPTY.successor()).isEqualTo(Bytes.of(0));
  }

  @Test
  void copiesOfWhatTheCallerKeepsAreUntouchedByIt() {
    byte[] mine = {1, 2};
    Bytes copy = Bytes.copyOf(mine);
    mine[0] = 9;
    assertThat(copy).isEqualTo(Bytes.of(1, 2));
    copy.toByteArray()[0] = 9;
    assertThat(copy).isEqualTo(Bytes.of(1, 2));
  }

  @Test
  void printsUnprintableBytesEscaped() {
    assertThat(Bytes.of('a', 0, '\\', 0xff)).hasToString("a\\x00\\\\\\xff");
  }

  @Test
  void joinsAndComparesLikeArrays() {
    Random random = new Random(41);
    for (int i = 0; i < 2_000; i++) {
      byte[] left = new byte[random.nextInt(6)];
      byte[] right = new byte[random.nextInt(6)];
      random.nextBytes(left);
      random.nextBytes(right);
      assertThat(Integer.signum(Bytes.copyOf(left).compareTo(Bytes.copyOf(right))))
          .isEqualTo(Integer.signum(Arrays.compareUnsigned(left, right)));
      byte[] joined = Arrays.copyOf(left, left.length + right.length);
      System.arraycopy(right, 0, joined, left.length, right.length);
      assertThat(Bytes.copyOf(left).concat(Bytes.copyOf(right))).isEqualTo(Bytes.wrap(joined));
    }
  }
}
