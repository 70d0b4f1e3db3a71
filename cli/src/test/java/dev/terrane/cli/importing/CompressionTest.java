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
import java.util.HexFormat;
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
