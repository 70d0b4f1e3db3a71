package dev.terrane.cli.importing;

import dev.terrane.cli.CommandFailure;
import dev.terrane.cli.ExitCode;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.Locale;

/** Compressed input, told by how it begins: what Java can read is read, the rest is refused. */
enum Compression {
  NONE("", ""),
  GZIP("1f8b08", "gzip -dc"),
  ZSTD("28b52ffd", "zstd -dc"),
  XZ("fd377a585a00", "xz -dc"),
  // Its first bytes are letters; what tells it from text comes after one more.
  BZIP2("425a68..314159265359", "bzip2 -dc"),
  LZ4("04224d18", "lz4 -dc"),
  ZIP("504b0304", "unzip -p");

  private static final int HEAD_BYTES = 10;

  private final String head;
  private final String program;

  /**
   * @param head its first bytes in hexadecimal digits; two dots are any byte
   */
  Compression(String head, String program) {
    this.head = head;
    this.program = program;
  }

  /** What the first bytes of {@code input}, which stay in it, say. */
  static Compression of(BufferedInputStream input) throws IOException {
    input.mark(HEAD_BYTES);
    String head = HexFormat.of().formatHex(input.readNBytes(HEAD_BYTES));
    input.reset();
    for (Compression each : values()) {
      if (each != NONE && head.matches(each.head + ".*")) {
        return each;
      }
    }
    return NONE;
  }

  /**
   * The lines behind it.
   *
   * @throws CommandFailure if they cannot be read here
   */
  InputStream decompressed(InputStream input, String name) {
    return switch (this) {
      case NONE -> input;
      case GZIP -> new GzipInput(input);
      default ->
          throw new CommandFailure(
              ExitCode.USAGE,
              name
                  + " is compressed ("
                  + name().toLowerCase(Locale.ROOT)
                  + "); give its lines: "
                  + program
                  + " "
                  + name
                  + " | terrane import -");
    };
  }
}
