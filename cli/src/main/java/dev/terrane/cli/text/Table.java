package dev.terrane.cli.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows under headings, each column as wide as its widest cell and two blanks apart. Columns of
 * numbers are aligned to the right.
 */
public final class Table {
  private static final String GAP = "  ";

  private final List<String> headings;
  private final List<List<String>> rows = new ArrayList<>();

  public Table(String... headings) {
    this.headings = List.of(headings);
  }

  /** Adds a row; it has as many cells as there are headings. */
  public Table row(Object... cells) {
    if (cells.length != headings.size()) {
      throw new IllegalArgumentException(
          cells.length + " cells under " + headings.size() + " headings");
    }
    rows.add(Arrays.stream(cells).map(String::valueOf).toList());
    return this;
  }

  /** The table as lines, each ended by a line feed. */
  public String render() {
    StringBuilder text = new StringBuilder();
    appendLine(text, headings);
    rows.forEach(row -> appendLine(text, row));
    return text.toString();
  }

  private void appendLine(StringBuilder text, List<String> cells) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < cells.size(); column++) {
      String cell = cells.get(column);
      String padding = " ".repeat(width(column) - Columns.of(cell));
      line.append(column == 0 ? "" : GAP)
          .append(isNumeric(column) ? padding + cell : cell + padding);
    }
    text.append(line.toString().stripTrailing()).append('\n');
  }

  private int width(int column) {
    int width = Columns.of(headings.get(column));
    for (List<String> row : rows) {
      width = Math.max(width, Columns.of(row.get(column)));
    }
    return width;
  }

  private boolean isNumeric(int column) {
    return !rows.isEmpty()
        && rows.stream()
            .map(row -> row.get(column))
            .allMatch(cell -> cell.matches("-?[0-9][0-9.,]*( [KMGT]?i?B| %)?"));
  }
}
