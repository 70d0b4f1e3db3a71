package dev.terrane.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.cli.data.Statement;
import dev.terrane.cli.text.Verbatim;
import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShellLineTest {
  @Test
  void wordsAreCutAtBlanksAndKeptTogetherByQuotes() {
    assertThat(statement("put  a\\x00b \"two words\\t\" "))
        .isEqualTo(
            new Statement.Put(Bytes.of('a', 0, 'b'), Bytes.ofUtf8("two words\t"), Duration.ZERO));
    assertThat(statement("put k '{\"a\":\"x\\ny\"}'"))
        .isEqualTo(
            new Statement.Put(Bytes.ofUtf8("k"), Bytes.ofUtf8("{\"a\":\"x\\ny\"}"), Duration.ZERO));
    assertThat(statement("get a' 'b\" \"c\\ d"))
        .isEqualTo(new Statement.Get(Bytes.ofUtf8("a b c d")));
    assertThat(statement("get ''")).isEqualTo(new Statement.Get(Bytes.EMPTY));
  }

  @Test
  void putTakesATimeToLive() {
    assertThat(statement("put --ttl 60 k v"))
        .isEqualTo(new Statement.Put(Bytes.ofUtf8("k"), Bytes.ofUtf8("v"), Duration.ofSeconds(60)));
  }

  @Test
  void aQuotedWordIsNeverAnOption() {
    assertThat(statement("put \"--ttl\" v"))
        .isEqualTo(new Statement.Put(Bytes.ofUtf8("--ttl"), Bytes.ofUtf8("v"), Duration.ZERO));
  }

  @Test
  void scanTakesBoundsOrAPrefix() {
    assertThat(statement("scan")).isEqualTo(new Statement.Scan(KeyRange.ALL, 100, false, false));
    assertThat(statement("scan a c --limit 5 --reverse --keys"))
        .isEqualTo(
            new Statement.Scan(new KeyRange(Bytes.ofUtf8("a"), Bytes.ofUtf8("c")), 5, true, true));
    assertThat(statement("scan --prefix a\\xff"))
        .isEqualTo(
            new Statement.Scan(
                new KeyRange(Bytes.of('a', 0xff), Bytes.of('b')), 100, false, false));
    assertThat(statement("scan --prefix \\xff\\xff"))
        .isEqualTo(
            new Statement.Scan(new KeyRange(Bytes.of(0xff, 0xff), Bytes.EMPTY), 100, false, false));
  }

  @Test
  void casExpectsAValueOrNothing() {
    assertThat(statement("cas k old new"))
        .isEqualTo(new Statement.Cas(Bytes.ofUtf8("k"), Bytes.ofUtf8("old"), Bytes.ofUtf8("new")));
    assertThat(statement("cas k --absent new"))
        .isEqualTo(new Statement.Cas(Bytes.ofUtf8("k"), null, Bytes.ofUtf8("new")));
  }

  @Test
  void blankLinesAndCommentsAskNothing() {
    assertThat(ShellLine.parse("   ")).isEqualTo(new ShellLine.Nothing());
    assertThat(ShellLine.parse("# put a b")).isEqualTo(new ShellLine.Nothing());
  }

  @Test
  void helpMayNameACommand() {
    assertThat(ShellLine.parse("help")).isEqualTo(new ShellLine.Help(null));
    assertThat(ShellLine.parse("HELP cas")).isEqualTo(new ShellLine.Help(Verb.CAS));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "gte a          | no command 'gte'; did you mean 'get'?",
        "get            | usage: get KEY",
        "get a b        | usage: get KEY",
        "put a          | usage: put KEY VALUE",
        "get a --ttl 1  | 'get' has no option --ttl",
        "put a b --ttl  | --ttl needs a value",
        "put a b --ttl x | 'x' is not a whole number above 0",
        "scan b a | END comes before START: nothing is between them; with --reverse, too, START is the lower",
        "scan --limit 0 | '0' is not a whole number above 0",
        "scan a --prefix b | usage: scan",
        "get \"a        | a quote \" is not closed",
        "get 'a         | a quote ' is not closed",
        "get a\\q       | \\q is no escape",
        "help gte       | no command 'gte'",
      })
  void saysWhatIsWrong(String line, String message) {
    assertThatThrownBy(() -> ShellLine.parse(line))
        .isInstanceOf(ShellSyntaxException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void bytesThatAreNoTextStayAsTheyAreInEveryKindOfWord() {
    Bytes key = Bytes.of('k', 0xff, 0xc3);
    for (String quote : List.of("", "'", "\"")) {
      String line = "get " + quote + Verbatim.text(key) + quote;
      assertThat(statement(line)).isEqualTo(new Statement.Get(key));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"get a\\", "get \"a\\\""})
  void aBackslashAtTheEndIsAnErrorAndNoCrash(String line) {
    assertThatThrownBy(() -> ShellLine.parse(line)).isInstanceOf(ShellSyntaxException.class);
  }

  private static Statement statement(String line) {
    return ((ShellLine.Ask) ShellLine.parse(line)).statement();
  }
}
