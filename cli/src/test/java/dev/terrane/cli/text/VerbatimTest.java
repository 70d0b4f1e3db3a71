package dev.terrane.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.common.Bytes;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class VerbatimTest {
  @Test
  void textIsItselfAndOtherBytesAreKept() {
    assertThat(Verbatim.text(Bytes.ofUtf8("größe 😀"))).isEqualTo("größe 😀");
    assertThat(Verbatim.bytes("größe 😀")).isEqualTo(Bytes.ofUtf8("größe 😀"));
    assertThat(Verbatim.text(Bytes.of('a', 0xff, 'b'))).isEqualTo("a\udcffb");
    // A byte that would make a pair of what stands before it does not.
    assertThat(Verbatim.bytes("😀\udc80")).isEqualTo(Bytes.ofUtf8("😀").concat(Bytes.of(0x80)));
  }

  @Test
  void anyBytesComeBackAndNoTwoAreOneText() {
    SplittableRandom random = new SplittableRandom(1);
    int[] likely = {
      'a', '\\', 0, 0x7f, 0x80, 0xbf, 0xc3, 0xa4, 0xe2, 0x82, 0xac, 0xed, 0xb2, 0xf0, 0x9f, 0xff
    };
    Set<Bytes> bytes = new HashSet<>();
    Set<String> texts = new HashSet<>();
    for (int round = 0; round < 50_000; round++) {
      int[] unsigned =
          random.ints(random.nextInt(6), 0, likely.length).map(i -> likely[i]).toArray();
      Bytes given = Bytes.of(unsigned);
      String text = Verbatim.text(given);
      assertThat(Verbatim.bytes(text)).isEqualTo(given);
      bytes.add(given);
      texts.add(text);
      if (given.length() > 0 && !text.contains("\\")) {
        assertThat(Escapes.parse(text)).isEqualTo(given);
      }
    }
    assertThat(texts).hasSameSizeAs(bytes);
  }

  @Test
  void halfOfACharacterIsRefusedNotReplaced() {
    assertThatThrownBy(() -> Verbatim.bytes("a\ud800"))
        .isInstanceOf(EscapeException.class)
        .hasMessageContaining("\\ud800");
    assertThatThrownBy(() -> Verbatim.utf8("a\udc80b")).isInstanceOf(EscapeException.class);
    assertThat(Verbatim.utf8("größe")).isEqualTo(Bytes.ofUtf8("größe"));
  }
}
