package dev.terrane.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.cli.data.Answer;
import dev.terrane.cli.data.Statement;
import dev.terrane.cli.text.Columns;
import dev.terrane.client.KeyValue;
import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AnswerTextTest {
  private static final Statement.Scan SCAN = new Statement.Scan(KeyRange.ALL, 100, false, false);
  private static final KeyValue LONG = entry("key", "v".repeat(12_345));

  private final StringWriter out = new StringWriter();
  private boolean stopping;

  @Test
  void onATerminalAnEntryOfAScanTakesOneLineAndSaysHowLongTheValueIs() {
    print(80, SCAN, new Answer.Entries(List.of(LONG, entry("鍵", "短い")).iterator()));
    List<String> lines = out.toString().lines().toList();
    assertThat(lines.get(0)).startsWith("key\tvvvv").endsWith("v… (12,345 bytes)");
    assertThat(Columns.of(lines.get(0).substring("key\t".length()))).isEqualTo(80 - 8);
    assertThat(lines.get(1)).isEqualTo("鍵\t短い");
    assertThat(lines.get(2)).isEqualTo("(2 entries)");
  }

  @Test
  void wideCharactersAreCutByTheColumnsTheyTake() {
    print(60, SCAN, new Answer.Entries(List.of(entry("k", "値".repeat(500))).iterator()));
    String line = out.toString().lines().findFirst().orElseThrow();
    assertThat(line).endsWith("… (1,500 bytes)");
    assertThat(Columns.of(line.substring("k\t".length()))).isBetween(51, 52);
  }

  @Test
  void aValueTakesAScreenfulAtTheMost() {
    print(80, new Statement.Get(LONG.key()), new Answer.Value(Optional.of(LONG.value())));
    String line = out.toString().strip();
    assertThat(Columns.of(line)).isEqualTo(80 * 20);
    assertThat(line).endsWith("… (12,345 bytes; 'terrane get' prints all of them)");
  }

  @Test
  void whatIsNotReadByAPersonIsWhole() {
    print(AnswerText.WHOLE, SCAN, new Answer.Entries(List.of(LONG).iterator()));
    assertThat(out.toString()).contains("key\t" + "v".repeat(12_345) + System.lineSeparator());
  }

  @Test
  void bytesThatAreNoTextAreEscaped() {
    Bytes bytes = Bytes.of(0, 255, 27);
    print(80, new Statement.Get(bytes), new Answer.Value(Optional.of(bytes)));
    assertThat(out.toString()).isEqualTo("\\x00\\xff\\x1b" + System.lineSeparator());
  }

  @Test
  void aScanEndsWhenThePersonHasSeenEnough() {
    stopping = true;
    print(80, SCAN, new Answer.Entries(List.of(LONG).iterator()));
    assertThat(out.toString().strip()).isEqualTo("(stopped after 0 entries)");
  }

  private void print(int columns, Statement statement, Answer answer) {
    new AnswerText(new PrintWriter(out), () -> columns, () -> stopping).print(statement, answer);
  }

  private static KeyValue entry(String key, String value) {
    return new KeyValue(Bytes.ofUtf8(key), Bytes.ofUtf8(value));
  }
}
