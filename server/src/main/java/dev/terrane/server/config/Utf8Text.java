package dev.terrane.server.config;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The text of a file that must be UTF-8, as TOML must. */
final class Utf8Text {
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private Utf8Text() {}

  /**
   * The text of {@code bytes}, without the mark that some editors put first.
   *
   * @throws ConfigException if it is something else, naming the line and the first byte that shows
   */
  static String decode(byte[] bytes, Path file) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    if (decoder.decode(in, out, true).isError()) {
      throw noUtf8(bytes, in.position(), file);
    }
    String text = out.flip().toString();
    return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
  }

  private static ConfigException noUtf8(byte[] bytes, int position, Path file) {
    int line = 1;
    for (int i = 0; i < position; i++) {
      line += bytes[i] == '\n' ? 1 : 0;
    }
    return new ConfigException(
        "%s:%d: the byte 0x%02X is no UTF-8, as of a file in Latin-1 or UTF-16: save the file as UTF-8"
            .formatted(file, line, bytes[position]));
  }
}
