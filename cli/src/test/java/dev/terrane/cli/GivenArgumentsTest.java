package dev.terrane.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.cli.text.Verbatim;
import dev.terrane.common.Bytes;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class GivenArgumentsTest {
  private static byte[] commandLine(String... words) {
    // A character for each byte.
    return String.join("", java.util.Arrays.stream(words).map(word -> word + "\0").toList())
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void areTheLastWordsOfTheCommandLineWhateverJavaMadeOfThem() {
    String[] given =
        GivenArguments.of(
            new String[] {"put", "?", "\ufffd\ufffd", ""},
            commandLine(
                "java", "-cp", "x", "dev.terrane.cli.Main", "put", "\u00fc", "\u00c3\u00bc", ""));
    assertThat(given[0]).isEqualTo("put");
    assertThat(Verbatim.bytes(given[1])).isEqualTo(Bytes.of(0xfc));
    assertThat(given[2]).isEqualTo("ü");
    assertThat(given[3]).isEmpty();
  }

  @Test
  void whatCannotBeKnownIsRefused() {
    String[] decoded = {"put", "a\ufffdb"};
    assertThatThrownBy(() -> GivenArguments.of(decoded, commandLine("java")))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("\\xNN");
    assertThatThrownBy(() -> GivenArguments.of(decoded, commandLine("java", "get", "a\u00ffb")))
        .isInstanceOf(CommandFailure.class);
    assertThat(GivenArguments.of(new String[] {"get", "ü"}, new byte[0]))
        .containsExactly("get", "ü");
  }
}
