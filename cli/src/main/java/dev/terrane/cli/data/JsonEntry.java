package dev.terrane.cli.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.terrane.client.KeyValue;
import dev.terrane.common.Bytes;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Base64;

/**
 * Entries as the JSON lines that {@code terrane import} reads: bytes that are no text in base64.
 */
public final class JsonEntry {
  private static final JsonFactory JSON = new JsonFactory();

  private JsonEntry() {}

  static String line(KeyValue entry, boolean keyOnly) {
    return object(json -> {
      write(json, "key", entry.key());
      if (!keyOnly) {
        write(json, "value", entry.value());
      }
    });
  }

  /** An entry that was not written, or may not be, with its time to live (zero: for ever). */
  public static String rejected(Bytes key, Bytes value, Duration ttl, String reason) {
    return object(json -> {
      write(json, "key", key);
      write(json, "value", value);
      if (!ttl.isZero()) {
        json.writeNumberField("ttl_seconds", ttl.toSeconds());
      }
      json.writeStringField("reason", reason);
    });
  }

  /** A line that is no entry, and which one it was. */
  public static String badLine(Bytes line, long number, String reason) {
    return object(json -> {
      write(json, "bad_line", line);
      json.writeNumberField("line", number);
      json.writeStringField("reason", reason);
    });
  }

  private interface Fields {
    void write(JsonGenerator json) throws IOException;
  }

  private static String object(Fields fields) {
    StringWriter line = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(line)) {
      json.writeStartObject();
      fields.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return line.toString();
  }

  private static void write(JsonGenerator json, String field, Bytes bytes) throws IOException {
    String text = bytes.toUtf8();
    if (Bytes.ofUtf8(text).equals(bytes)) {
      json.writeStringField(field, text);
    } else {
      json.writeStringField(
          field + "_base64", Base64.getEncoder().encodeToString(bytes.toByteArray()));
    }
  }
}
