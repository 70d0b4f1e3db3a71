package dev.terrane.cli.text;

import dev.terrane.common.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Bytes as readable text and back. Printable text, in any script, stands for its UTF-8 bytes; a
 * backslash introduces an escape:
 *
 * <pre>
 * \\  backslash    \t  tab    \n  line feed    \r  carriage return    \0  zero byte    \"  quote
 * \xNN  the byte with that hexadecimal value
 * </pre>
 *
 * <p>{@code parse(format(b))} is {@code b} for all bytes, and {@code format} never produces a tab
 * or a line break, so a formatted key or value always fits in one field of one line.
 */
public final class Escapes {
  private static final int PIECE_BYTES = 64 << 10;
  private static final String HEX = "0123456789abcdef";

  private Escapes() {}

  /** Readable text for {@code bytes}; what is not printable, or not UTF-8, is escaped. */
  public static String format(Bytes bytes) {
    StringBuilder text = new StringBuilder(bytes.length() + 8);
    int i = 0;
    while (i < bytes.length()) {
      int length = Utf8.sequenceLength(bytes, i);
      if (length > 1) {
        String character = bytes.slice(i, length).toUtf8();
        if (isPrintable(character.codePointAt(0))) {
          text.append(character);
          i += length;
          continue;
        }
      }
      appendByte(text, bytes.at(i) & 0xff);
      i++;
    }
    return text.toString();
  }

  /** The same to {@code out}, in UTF-8, a piece at a time: a large value takes little memory. */
  public static void formatTo(PrintStream out, Bytes bytes) {
    int from = 0;
    while (from < bytes.length()) {
      int length = Math.min(PIECE_BYTES, bytes.length() - from);
      // A character is not cut; it has at most three bytes that follow its first.
      for (int cut = length; from + cut < bytes.length() && cut >= length - 3 && cut > 0; cut--) {
        if (!isWithin(bytes.at(from + cut))) {
          length = cut;
          break;
        }
      }
      out.writeBytes(format(bytes.slice(from, length)).getBytes(StandardCharsets.UTF_8));
      from += length;
    }
  }

  /** Whether {@code b} can only follow other bytes of a character. */
  private static boolean isWithin(byte b) {
    return (b & 0xc0) == 0x80;
  }

  /**
   * The bytes that {@code text} stands for; between escapes they are as {@link Verbatim} has them.
   *
   * @throws EscapeException if a backslash is followed by none of the escapes
   */
  public static Bytes parse(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    int i = 0;
    while (i < text.length()) {
      int next = text.indexOf('\\', i);
      if (next < 0) {
        next = text.length();
      }
      bytes.writeBytes(Verbatim.bytes(text.substring(i, next)).toArrayShared());
      i = next == text.length() ? next : parseEscape(text, next, bytes);
    }
    return Bytes.wrap(bytes.toByteArray());
  }

  /** Appends what the escape at {@code start} stands for; answers where the text goes on. */
  private static int parseEscape(String text, int start, ByteArrayOutputStream bytes) {
    if (start + 1 == text.length()) {
      throw new EscapeException("a lone backslash at the end; write \\\\ for a backslash");
    }
    char kind = text.charAt(start + 1);
    switch (kind) {
      case '\\', '"', '\'', ' ' -> bytes.write(kind);
      case 't' -> bytes.write('\t');
      case 'n' -> bytes.write('\n');
      case 'r' -> bytes.write('\r');
      case '0' -> bytes.write(0);
      case 'x' -> {
        int high = start + 2 < text.length() ? Character.digit(text.charAt(start + 2), 16) : -1;
        int low = start + 3 < text.length() ? Character.digit(text.charAt(start + 3), 16) : -1;
        if (high < 0 || low < 0) {
          throw new EscapeException("\\x needs two hexadecimal digits, as in \\x00");
        }
        bytes.write(high << 4 | low);
        return start + 4;
      }
      default ->
          throw new EscapeException(
              "\\" + kind + " is no escape; known are \\\\ \\t \\n \\r \\0 \\\" and \\xNN");
    }
    return start + 2;
  }

  private static void appendByte(StringBuilder text, int b) {
    switch (b) {
      case '\\' -> text.append("\\\\");
      case '\t' -> text.append("\\t");
      case '\n' -> text.append("\\n");
      case '\r' -> text.append("\\r");
      default -> {
        if (b >= 0x20 && b < 0x7f) {
          text.append((char) b);
        } else {
          text.append("\\x").append(HEX.charAt(b >> 4)).append(HEX.charAt(b & 0xf));
        }
      }
    }
  }

  private static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.PRIVATE_USE,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
