package dev.terrane.cli.ctl;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.terrane.cli.text.Table;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Rows that can be shown as a table or as a JSON array of objects. Column names are written for the
 * table, as in {@code LAST HEARTBEAT}; JSON has them as {@code last_heartbeat}.
 */
final class Listing {
  private final List<String> columns;
  private final List<Object[]> rows = new ArrayList<>();

  Listing(String... columns) {
    this.columns = List.of(columns);
  }

  /** Adds a row. Numbers and booleans stay such in JSON. */
  void row(Object... cells) {
    if (cells.length != columns.size()) {
      throw new IllegalArgumentException(cells.length + " cells in " + columns.size() + " columns");
    }
    rows.add(cells.clone());
  }

  String table() {
    Table table = new Table(columns.toArray(String[]::new));
    rows.forEach(table::row);
    return table.render();
  }

  String json() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
      json.writeStartArray();
      for (Object[] row : rows) {
        json.writeStartObject();
        for (int column = 0; column < row.length; column++) {
          json.writeFieldName(columns.get(column).toLowerCase(Locale.ROOT).replace(' ', '_'));
          writeCell(json, row[column]);
        }
        json.writeEndObject();
      }
      json.writeEndArray();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return text + "\n";
  }

  private static void writeCell(JsonGenerator json, Object cell) throws IOException {
    switch (cell) {
      case Long number -> json.writeNumber(number);
      case Integer number -> json.writeNumber(number);
      case BigInteger number -> json.writeNumber(number);
      case Boolean truth -> json.writeBoolean(truth);
      default -> json.writeString(cell.toString());
    }
  }
}
