package dev.terrane.server.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigInteger;

/** What a page is answered with. */
public record Content(int status, String type, String text) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** {@code value} as JSON: maps, lists, texts, numbers. */
  public static Content json(Object value) {
    try {
      return new Content(
          200,
          "application/json",
          JSON.writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n");
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not to be written as JSON: " + value.getClass(), e);
    }
  }

  /** An unsigned id of 64 bits for {@link #json}: a number with all its digits, as PD writes it. */
  public static Number id(long id) {
    return id >= 0 ? id : new BigInteger(Long.toUnsignedString(id));
  }

  public static Content text(int status, String text) {
    return new Content(status, "text/plain; charset=utf-8", text + "\n");
  }
}
