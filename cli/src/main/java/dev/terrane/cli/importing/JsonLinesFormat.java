package dev.terrane.cli.importing;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.terrane.cli.text.EscapeException;
import dev.terrane.cli.text.Utf8;
import dev.terrane.cli.text.Verbatim;
import dev.terrane.common.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object a line, with these fields, and no others, so that a misspelt one is noticed:
 *
 * <pre>
 * "key": "text"           or   "key_base64": "AAEC"
 * "value": "text"         or   "value_base64": "AAEC"
 * "ttl_seconds": 60       (optional)
 * "reason": "text"        (optional, and passed over: why it was rejected before)
 * </pre>
 *
 * <p>A {@code value} that is not a string is stored as its JSON text, as written, so documents need
 * no quoting. {@code terrane scan --json} prints lines of this form. A {@code bad_line}, as a file
 * of rejected lines has it, is still bad.
 */
final class JsonLinesFormat implements LineFormat {
  private final JsonFactory json =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(LineReader.LINE_BYTES_MAX).build())
          .build();

  @Override
  public ImportLine parse(long number, Bytes line) {
    if (line.isEmpty()) {
      return new ImportLine.Blank(number);
    }
    // The parser takes malformed characters for others, and guesses at other encodings.
    if (!Utf8.isWellFormed(line) || hasZeroByte(line)) {
      return new ImportLine.Bad(
          number, "not UTF-8; bytes that are no text go into key_base64 and value_base64");
    }
    try (JsonParser parser = json.createParser(line.backingArray(), line.offset(), line.length())) {
      return parseObject(number, line, parser);
    } catch (BadField e) {
      return new ImportLine.Bad(number, String.valueOf(e.getMessage()));
    } catch (JsonProcessingException e) {
      return new ImportLine.Bad(number, "not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory", e);
    }
  }

  private ImportLine parseObject(long number, Bytes line, JsonParser parser) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw new BadField("not a JSON object");
    }
    Bytes key = null;
    Bytes value = null;
    Duration ttl = Duration.ZERO;
    String reason = "";
    boolean bad = false;
    long badNumber = 0;
    for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
      parser.nextToken();
      switch (field) {
        case "key" -> key = once(key, "key", utf8(field, string(field, parser)));
        case "key_base64" -> key = once(key, "key", base64(field, parser));
        case "value" -> value = once(value, "value", anyValue(line, parser));
        case "value_base64" -> value = once(value, "value", base64(field, parser));
        case "ttl_seconds" -> ttl = seconds(field, parser);
        case "reason" -> reason = string(field, parser);
        case "bad_line", "bad_line_base64" -> {
          bad = true;
          var _ = string(field, parser);
        }
        case "line" -> badNumber = number(field, parser);
        default ->
            throw new BadField(
                "unknown field \""
                    + field
                    + "\"; known are key, key_base64, value, value_base64,"
                    + " ttl_seconds");
      }
    }
    if (parser.nextToken() != null) {
      throw new BadField("something follows the JSON object");
    }
    if (bad) {
      return new ImportLine.Bad(
          number,
          "%s (line %d of what was imported before)".formatted(reason, badNumber),
          Bytes.EMPTY,
          true);
    }
    if (key == null) {
      throw new BadField("no field \"key\"");
    }
    if (value == null) {
      throw new BadField("no field \"value\"");
    }
    return new ImportLine.Entry(number, key, value, ttl);
  }

  private static Bytes once(@Nullable Bytes before, String what, Bytes now) {
    if (before != null) {
      throw new BadField("the " + what + " is given twice");
    }
    return now;
  }

  private static String string(String field, JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw new BadField("\"" + field + "\" is not a string");
    }
    return parser.getText();
  }

  private static Bytes utf8(String field, String text) {
    try {
      return Verbatim.utf8(text);
    } catch (EscapeException e) {
      throw new BadField(
          "\"" + field + "\" is no text: " + e.getMessage() + "; use " + field + "_base64");
    }
  }

  private static boolean hasZeroByte(Bytes line) {
    for (int i = 0; i < line.length(); i++) {
      if (line.at(i) == 0) {
        return true;
      }
    }
    return false;
  }

  private static Bytes base64(String field, JsonParser parser) throws IOException {
    String text = string(field, parser);
    try {
      return Bytes.wrap(Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      throw new BadField("\"" + field + "\" is not base64: " + e.getMessage());
    }
  }

  /** The text of a string; of anything else the JSON as it is written, so that no digit changes. */
  private static Bytes anyValue(Bytes line, JsonParser parser) throws IOException {
    if (!parser.currentToken().isStructStart()) {
      return utf8("value", parser.getText());
    }
    int start = Math.toIntExact(parser.currentTokenLocation().getByteOffset());
    parser.skipChildren();
    int end = Math.toIntExact(parser.currentLocation().getByteOffset());
    return Bytes.copyOf(line.slice(start, end - start).toArrayShared());
  }

  private static Duration seconds(String field, JsonParser parser) throws IOException {
    return Duration.ofSeconds(number(field, parser));
  }

  private static long number(String field, JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT || parser.getLongValue() < 0) {
      throw new BadField("\"" + field + "\" is not a whole number from 0 on");
    }
    return parser.getLongValue();
  }

  /** Leaves the parsing of one line; caught in {@link #parse}. */
  private static final class BadField extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadField(String message) {
      super(message, null, false, false);
    }
  }
}
