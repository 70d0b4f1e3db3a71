package dev.terrane.cli.importing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineReaderTest {
  private static final LineFormat TSV = new TsvFormat(false);

  @Test
  void skippedLinesCountAsReadHoweverLongTheyAre() throws IOException {
    byte[] bytes = ("a\t1\n" + "x".repeat(200_000) + "\n\nb\t2\n").getBytes(StandardCharsets.UTF_8);
    LineReader reader = new LineReader(new ByteArrayInputStream(bytes), TSV);
    reader.skip(3);
    assertThat(reader.bytesConsumed()).isEqualTo(bytes.length - 4);
    assertThat(reader.next())
        .isInstanceOfSatisfying(
            ImportLine.Entry.class,
            entry -> {
              assertThat(entry.number()).isEqualTo(4);
              assertThat(entry.key().toUtf8()).isEqualTo("b");
            });
    assertThat(reader.next()).isNull();
  }

  @Test
  void skippingEndsWithTheInput() throws IOException {
    LineReader reader =
        new LineReader(new ByteArrayInputStream("a\t1".getBytes(StandardCharsets.UTF_8)), TSV);
    reader.skip(9);
    assertThat(reader.bytesConsumed()).isEqualTo(3);
    assertThat(reader.next()).isNull();
  }

  @Test
  void readsLinesWithEitherLineBreakAndWithoutALastOne() throws IOException {
    assertThat(lines("a\t1\nb\t2\r\n\nc\t3", 100))
        .containsExactly(
            entry(1, "a", "1"), entry(2, "b", "2"), new ImportLine.Blank(3), entry(4, "c", "3"));
  }

  @Test
  void anEmptyInputHasNoLine() throws IOException {
    assertThat(lines("", 100)).isEmpty();
  }

  @Test
  void aLineThatIsTooLongDisturbsNoOther() throws IOException {
    String longValue = "x".repeat(200_000);
    assertThat(lines("a\t1\nlong\t" + longValue + "\nb\t2\nlong\t" + longValue, 1_000))
        .containsExactly(
            entry(1, "a", "1"),
            new ImportLine.Bad(2, "longer than 1000 bytes"),
            entry(3, "b", "2"),
            new ImportLine.Bad(4, "longer than 1000 bytes"));
  }

  @Test
  void aLineJustAboveTheLimitIsBadHoweverTheBufferFalls() throws IOException {
    for (int length = 990; length < 1_010; length++) {
      List<ImportLine> lines = lines("k\t" + "x".repeat(length - 2) + "\nb\t2\n", 1_000);
      assertThat(lines.getFirst() instanceof ImportLine.Bad).isEqualTo(length > 1_000);
      assertThat(lines.getLast()).isEqualTo(entry(2, "b", "2"));
    }
  }

  @Test
  void linesLongerThanTheFirstBufferAreReadWhole() throws IOException {
    String longValue = "x".repeat(300_000);
    assertThat(lines("a\t" + longValue + "\nb\t2\n", LineReader.LINE_BYTES_MAX))
        .containsExactly(entry(1, "a", longValue), entry(2, "b", "2"));
  }

  @Test
  void countsEveryByteOnce() throws IOException {
    byte[] bytes = "a\t1\r\n\nbad\nlast\t".getBytes(StandardCharsets.UTF_8);
    LineReader reader = new LineReader(oneByteAtATime(bytes), TSV);
    while (reader.next() != null) {
      // counted below
    }
    assertThat(reader.bytesConsumed()).isEqualTo(bytes.length);
  }

  private static List<ImportLine> lines(String text, int lineBytesMax) throws IOException {
    LineReader reader =
        new LineReader(
            new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), TSV, lineBytesMax);
    List<ImportLine> lines = new ArrayList<>();
    for (ImportLine line = reader.next(); line != null; line = reader.next()) {
      lines.add(line);
    }
    return lines;
  }

  private static InputStream oneByteAtATime(byte[] bytes) {
    return new ByteArrayInputStream(bytes) {
      @Override
      public synchronized int read(byte[] target, int offset, int length) {
        return super.read(target, offset, Math.min(1, length));
      }
    };
  }

  private static ImportLine entry(long number, String key, String value) {
    return new ImportLine.Entry(number, Bytes.ofUtf8(key), Bytes.ofUtf8(value), Duration.ZERO);
  }
}
