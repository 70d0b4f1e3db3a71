package dev.terrane.cli.importing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineFormatTest {
  private final LineFormat json = new JsonLinesFormat();

  @Test
  void tsvTakesEverythingAfterTheFirstTabAsItIs() {
    assertThat(new TsvFormat(false).parse(1, Bytes.ofUtf8("k\\n\t a\tb\\t")))
        .isEqualTo(entry(Bytes.ofUtf8("k\\n"), Bytes.ofUtf8(" a\tb\\t")));
  }

  @Test
  void tsvAllowsAnEmptyValueAndAnEmptyKey() {
    assertThat(new TsvFormat(false).parse(1, Bytes.ofUtf8("\t")))
        .isEqualTo(entry(Bytes.EMPTY, Bytes.EMPTY));
  }

  @Test
  void escapedTsvReadsEscapesInBothFields() {
    assertThat(new TsvFormat(true).parse(1, Bytes.ofUtf8("a\\tb\t\\x00\\xff")))
        .isEqualTo(entry(Bytes.ofUtf8("a\tb"), Bytes.of(0, 0xff)));
    assertThat(new TsvFormat(true).parse(7, Bytes.ofUtf8("a\t\\q")))
        .isEqualTo(
            new ImportLine.Bad(
                7, "\\q is no escape; known are \\\\ \\t \\n \\r \\0 \\\" and \\xNN"));
  }

  @Test
  void jsonTakesTextAndBase64() {
    assertThat(json.parse(1, Bytes.ofUtf8("{\"key\":\"a\\tä\",\"value\":\"v\"}")))
        .isEqualTo(entry(Bytes.ofUtf8("a\tä"), Bytes.ofUtf8("v")));
    assertThat(json.parse(1, Bytes.ofUtf8("{\"value_base64\":\"AAH/\",\"key_base64\":\"/w==\"}")))
        .isEqualTo(entry(Bytes.of(0xff), Bytes.of(0, 1, 0xff)));
  }

  @Test
  void jsonStoresDocumentsAsTheirText() {
    assertThat(json.parse(1, Bytes.ofUtf8("{\"key\":\"k\",\"value\": {\"a\": [1, 2.50, null]}}")))
        .isEqualTo(entry(Bytes.ofUtf8("k"), Bytes.ofUtf8("{\"a\": [1, 2.50, null]}")));
    assertThat(json.parse(1, Bytes.ofUtf8("{\"key\":\"k\",\"value\":17.0 }")))
        .isEqualTo(entry(Bytes.ofUtf8("k"), Bytes.ofUtf8("17.0")));
  }

  @Test
  void jsonTakesATimeToLive() {
    assertThat(json.parse(3, Bytes.ofUtf8("{\"key\":\"k\",\"value\":\"v\",\"ttl_seconds\":60}")))
        .isEqualTo(
            new ImportLine.Entry(3, Bytes.ofUtf8("k"), Bytes.ofUtf8("v"), Duration.ofSeconds(60)));
  }

  private static Bytes line(Bytes key) {
    return Bytes.ofUtf8("{\"key\":\"").concat(key).concat(Bytes.ofUtf8("\",\"value\":\"v\"}"));
  }

  @Test
  void jsonThatIsNoTextIsRefusedNotReplaced() {
    List<Bytes> malformed =
        List.of(
            Bytes.of(0xff),
            Bytes.of(0xc1, 0x81), // an overlong A
            Bytes.of(0xed, 0xa0, 0x80), // half of a character
            Bytes.of(0xe2, 0x82),
            Bytes.of(0));
    for (Bytes key : malformed) {
      assertThat(json.parse(4, line(key)))
          .isInstanceOfSatisfying(
              ImportLine.Bad.class,
              bad -> assertThat(bad.reason()).contains("UTF-8").contains("key_base64"));
    }
    assertThat(json.parse(4, line(Bytes.ofUtf8("\\ud800x"))))
        .isInstanceOfSatisfying(
            ImportLine.Bad.class,
            bad -> assertThat(bad.reason()).contains("\\ud800").contains("key_base64"));
    assertThat(json.parse(4, line(Bytes.ofUtf8("\\udc80")))).isInstanceOf(ImportLine.Bad.class);
    assertThat(json.parse(1, line(Bytes.ofUtf8("\\ud83d\\ude00"))))
        .isEqualTo(entry(Bytes.ofUtf8("😀"), Bytes.ofUtf8("v")));
  }

  @Test
  void escapedTsvKeepsBytesThatAreNoText() {
    Bytes line = Bytes.of(0xff, '\\', 't', 0xc3, '\t', 0xed, 0xa0, 0x80);
    assertThat(new TsvFormat(true).parse(1, line))
        .isEqualTo(entry(Bytes.of(0xff, '\t', 0xc3), Bytes.of(0xed, 0xa0, 0x80)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "[1]                                        | not a JSON object",
        "{\"value\":\"v\"}                          | no field \"key\"",
        "{\"key\":\"k\"}                            | no field \"value\"",
        "{\"key\":1,\"value\":\"v\"}                | \"key\" is not a string",
        "{\"key\":\"k\",\"key_base64\":\"aw==\"}    | the key is given twice",
        "{\"key\":\"k\",\"value_base64\":\"=\"}     | \"value_base64\" is not base64",
        "{\"key\":\"k\",\"valeu\":\"v\"}            | unknown field \"valeu\"",
        "{\"key\":\"k\",\"value\":1,\"ttl_seconds\":-1} | \"ttl_seconds\" is not a whole number from 0 on",
        "{\"key\":\"k\",\"value\":1} {}             | something follows the JSON object",
        "{\"key\":\"k\",\"key\":\"l\",\"value\":1}  | not JSON: Duplicate",
        "{\"key\":\"k\"                             | not JSON: Unexpected end-of-input",
        "key                                        | not JSON: Unrecognized token",
      })
  void jsonNamesWhatIsWrong(String line, String reason) {
    ImportLine parsed = json.parse(9, Bytes.ofUtf8(line));
    assertThat(parsed).isInstanceOf(ImportLine.Bad.class);
    assertThat(((ImportLine.Bad) parsed).reason()).startsWith(reason);
    assertThat(parsed.number()).isEqualTo(9);
  }

  private static ImportLine entry(Bytes key, Bytes value) {
    return new ImportLine.Entry(1, key, value, Duration.ZERO);
  }
}
