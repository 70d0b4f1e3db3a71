package dev.terrane.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.common.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EscapesTest {
  @Test
  void piecesAreTheSameAsTheWhole() {
    SplittableRandom random = new SplittableRandom(3);
    for (int round = 0; round < 20; round++) {
      StringBuilder text = new StringBuilder();
      int length = random.nextInt(100_000);
      for (int i = 0; i < length; i++) {
        text.append(random.nextInt(3) == 0 ? "😀" : random.nextInt(2) == 0 ? "ä" : "a");
      }
      Bytes bytes = Bytes.ofUtf8(text.toString()).concat(Bytes.wrap(new byte[random.nextInt(9)]));
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      Escapes.formatTo(new PrintStream(out, false, StandardCharsets.UTF_8), bytes);
      assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(Escapes.format(bytes));
    }
    // A run of bytes that only ever follow others is cut somewhere all the same.
    byte[] within = new byte[200_000];
    Arrays.fill(within, (byte) 0x80);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Escapes.formatTo(new PrintStream(out, false, StandardCharsets.UTF_8), Bytes.wrap(within));
    assertThat(out.size()).isEqualTo(4 * within.length);
  }

  @Test
  void printableTextOfAnyScriptStaysReadable() {
    assertThat(Escapes.format(Bytes.ofUtf8("name: Zoë 東京 🙂"))).isEqualTo("name: Zoë 東京 🙂");
  }

  @Test
  void everythingElseIsEscaped() {
    assertThat(Escapes.format(Bytes.of('a', 0, '\t', '\n', '\\', 0xff, 0xc3)))
        .isEqualTo("a\\x00\\t\\n\\\\\\xff\\xc3");
    assertThat(Escapes.format(Bytes.ofUtf8("\u200b"))).isEqualTo("\\xe2\\x80\\x8b");
  }

  @Test
  void overlongAndSurrogateSequencesAreNotText() {
    assertThat(Escapes.format(Bytes.of(0xc0, 0xaf))).isEqualTo("\\xc0\\xaf");
    assertThat(Escapes.format(Bytes.of(0xed, 0xa0, 0x80))).isEqualTo("\\xed\\xa0\\x80");
    assertThat(Escapes.format(Bytes.of(0xe2, 0x82))).isEqualTo("\\xe2\\x82");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '|',
      value = {"a\\x00b,610062", "\\t\\n\\r\\0\\\\\\\",090a0d005c22", "ä,c3a4", "\\xC3\\xa4,c3a4"})
  void parsesEveryEscape(String text, String hex) {
    assertThat(Escapes.parse(text).toHex()).isEqualTo(hex);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\", "\\q", "\\x", "\\x1", "\\xg0"})
  void namesTheEscapesWhenThereIsNone(String text) {
    assertThatThrownBy(() -> Escapes.parse(text))
        .isInstanceOf(EscapeException.class)
        .hasMessageContaining("\\");
  }

  @Test
  void parseUndoesFormatForAnyBytes() {
    Random random = new Random(20260101);
    for (int run = 0; run < 5_000; run++) {
      byte[] bytes = new byte[random.nextInt(12)];
      random.nextBytes(bytes);
      String text = Escapes.format(Bytes.copyOf(bytes));
      assertThat(text).doesNotContain("\t", "\n", "\r");
      assertThat(Escapes.parse(text)).isEqualTo(Bytes.copyOf(bytes));
    }
  }
}
