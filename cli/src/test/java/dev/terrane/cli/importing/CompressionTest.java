package dev.terrane.cli.importing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.cli.CommandFailure;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CompressionTest {
  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return out.toByteArray();
  }

  private static String read(byte[] bytes) throws IOException {
    BufferedInputStream input = new BufferedInputStream(new ByteArrayInputStream(bytes));
    try (InputStream lines = Compression.of(input).decompressed(input, "in")) {
      return new String(lines.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void readsWhatGzipHasMadeAlsoInSeveralParts() throws IOException {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.write(gzip("a\t1\n"));
    both.write(gzip("b\t2\n"));
    assertThat(read(both.toByteArray())).isEqualTo("a\t1\nb\t2\n");
  }

  /** What is left out without a word would be taken for imported. */
  @Test
  void whatIsDamagedIsNotTakenForTheEnd() throws IOException {
    byte[] first = gzip("a\t1\n");
    for (int cut = 11; cut < first.length; cut++) {
      byte[] begun = Arrays.copyOf(first, cut);
      assertThatThrownBy(() -> read(begun)).as("cut").isInstanceOf(IOException.class);
    }
    ByteArrayOutputStream damaged = new ByteArrayOutputStream();
    damaged.write(first);
    byte[] second = gzip("b\t2\n");
    second[1] = 0;
    damaged.write(second);
    assertThatThrownBy(() -> read(damaged.toByteArray()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no gzip follows");
    ByteArrayOutputStream cutOff = new ByteArrayOutputStream();
    cutOff.write(first);
    cutOff.write(gzip("b\t2\n"), 0, 5);
    assertThatThrownBy(() -> read(cutOff.toByteArray())).isInstanceOf(IOException.class);
    byte[] wrongSum = first.clone();
    wrongSum[first.length - 6] ^= 1;
    assertThatThrownBy(() -> read(wrongSum)).isInstanceOf(IOException.class);
  }

  /** As tapes and some tools leave them. */
  @Test
  void zerosBehindTheEndAreNothing() throws IOException {
    ByteArrayOutputStream padded = new ByteArrayOutputStream();
    padded.write(gzip("a\t1\n"));
    padded.write(new byte[512]);
    assertThat(read(padded.toByteArray())).isEqualTo("a\t1\n");
  }

  /** A name, a comment, more fields and their sum, as gzip may write them. */
  @Test
  void everythingThatMayStandInAHeaderIsPassedOver() throws IOException {
    byte[] plain = gzip("a\t1\n");
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(plain, 0, 3);
    all.write(0x02 | 0x04 | 0x08 | 0x10);
    all.write(plain, 4, 6);
    all.write(new byte[] {3, 0, 1, 2, 3}); // more fields
    all.write("name\0comment\0".getBytes(StandardCharsets.ISO_8859_1));
    CRC32 sum = new CRC32();
    sum.update(all.toByteArray());
    all.write((int) sum.getValue());
    all.write((int) sum.getValue() >> 8);
    all.write(plain, 10, plain.length - 10);
    assertThat(read(all.toByteArray())).isEqualTo("a\t1\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "a\t1\n", "BZh9\tlooks like it\n", "PK\tv\n"})
  void textIsText(String text) throws IOException {
    assertThat(read(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "28b52ffd0458, zstd",
    "fd377a585a000004, xz",
    "425a6839314159265359, bzip2",
    "04224d186440, lz4",
    "504b030414000000, zip",
  })
  void whatItCannotReadIsRefusedByName(String head, String name) {
    assertThatThrownBy(() -> read(HexFormat.of().parseHex(head)))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("in is compressed (" + name + ")")
        .hasMessageContaining("terrane import -");
  }
}
