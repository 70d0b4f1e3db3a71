package dev.terrane.cli.text;

import dev.terrane.common.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Text that stands for bytes, whatever they are, so that what people gave can go through code that
 * works on text. What is UTF-8 is the text that it encodes. Any other byte {@code b} is the lone
 * surrogate {@code U+DC00 + b}, which is no character and which no UTF-8 encodes.
 *
 * <p>{@code bytes(text(b))} is {@code b} for all bytes; different bytes are different text.
 */
public final class Verbatim {
  private static final char BYTE = '\udc00';
  private static final char BYTE_MIN = '\udc80';
  private static final char BYTE_MAX = '\udcff';

  private Verbatim() {}

  /** The text that stands for {@code bytes}. */
  public static String text(Bytes bytes) {
    int malformed = Utf8.firstMalformed(bytes, 0);
    if (malformed < 0) {
      return bytes.toUtf8();
    }
    StringBuilder text = new StringBuilder(bytes.length());
    int from = 0;
    while (malformed >= 0) {
      text.append(bytes.slice(from, malformed - from).toUtf8());
      text.append((char) (BYTE + (bytes.at(malformed) & 0xff)));
      from = malformed + 1;
      malformed = Utf8.firstMalformed(bytes, from);
    }
    return text.append(bytes.from(from).toUtf8()).toString();
  }

  /**
   * The bytes that {@code text} stands for.
   *
   * @throws EscapeException if it has half of a surrogate pair that stands for no byte
   */
  public static Bytes bytes(String text) {
    int lone = loneSurrogate(text, 0);
    if (lone < 0) {
      return Bytes.ofUtf8(text);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    int from = 0;
    while (lone >= 0) {
      char surrogate = text.charAt(lone);
      if (surrogate < BYTE_MIN || surrogate > BYTE_MAX) {
        throw notText(surrogate);
      }
      bytes.writeBytes(text.substring(from, lone).getBytes(StandardCharsets.UTF_8));
      bytes.write(surrogate - BYTE);
      from = lone + 1;
      lone = loneSurrogate(text, from);
    }
    bytes.writeBytes(text.substring(from).getBytes(StandardCharsets.UTF_8));
    return Bytes.wrap(bytes.toByteArray());
  }

  /**
   * The UTF-8 of text that stands for itself, as a JSON string does.
   *
   * @throws EscapeException if it has half of a surrogate pair, which UTF-8 does not encode
   */
  public static Bytes utf8(String text) {
    int lone = loneSurrogate(text, 0);
    if (lone >= 0) {
      throw notText(text.charAt(lone));
    }
    return Bytes.ofUtf8(text);
  }

  private static EscapeException notText(char surrogate) {
    return new EscapeException("\\u%04x alone is half of a character".formatted((int) surrogate));
  }

  /** Where from {@code start} on half of a surrogate pair is; -1 if nowhere. */
  private static int loneSurrogate(String text, int start) {
    int i = start;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (!Character.isSurrogate(c)) {
        i++;
      } else if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i += 2;
      } else {
        return i;
      }
    }
    return -1;
  }
}
