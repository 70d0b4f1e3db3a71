package dev.terrane.cli.shell;

import dev.terrane.cli.data.Answer;
import dev.terrane.cli.data.Statement;
import dev.terrane.cli.text.Columns;
import dev.terrane.cli.text.Escapes;
import dev.terrane.client.CompareAndSwapResult;
import dev.terrane.client.KeyTtl;
import dev.terrane.client.KeyValue;
import dev.terrane.common.Bytes;
import java.io.PrintWriter;
import java.util.Iterator;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/**
 * Prints answers for a person: what is not an entry stands in parentheses. On a terminal an entry
 * of a scan takes one line, and a value a screenful; how long they are is said in their place.
 */
final class AnswerText {
  /** A width that shortens nothing. */
  static final int WHOLE = 0;

  private static final int TAB = 8;
  private static final int VALUE_COLUMNS_MIN = 32;
  private static final int VALUE_LINES_MAX = 20;

  private final PrintWriter out;
  private final IntSupplier width;
  private final BooleanSupplier stopping;

  /**
   * @param width of the terminal, or {@link #WHOLE}
   * @param stopping whether the person has seen enough
   */
  AnswerText(PrintWriter out, IntSupplier width, BooleanSupplier stopping) {
    this.out = out;
    this.width = width;
    this.stopping = stopping;
  }

  void print(Statement statement, Answer answer) {
    switch (answer) {
      case Answer.Value value ->
          out.println(value.value().map(this::screenful).orElse("(no such key)"));
      case Answer.Done done -> out.println("(done)");
      case Answer.Entries scanned -> printEntries((Statement.Scan) statement, scanned.entries());
      case Answer.Lifetime lifetime -> out.println(text(lifetime.ttl()));
      case Answer.Swap swap -> out.println(text(swap.result()));
    }
    out.flush();
  }

  private void printEntries(Statement.Scan scan, Iterator<KeyValue> entries) {
    long count = 0;
    while (entries.hasNext()) {
      if (stopping.getAsBoolean()) {
        out.println("(stopped after " + entries(count) + ")");
        return;
      }
      KeyValue entry = entries.next();
      count++;
      String key = Escapes.format(entry.key());
      out.println(scan.keysOnly() ? key : key + "\t" + restOfLine(key, entry.value()));
    }
    String more = count == scan.limit() ? "; there may be more, see --limit" : "";
    out.println("(" + entries(count) + more + ")");
  }

  private static String entries(long count) {
    return count + (count == 1 ? " entry" : " entries");
  }

  private String restOfLine(String key, Bytes value) {
    int columns = width.getAsInt();
    int tabStop = (Columns.of(key) / TAB + 1) * TAB;
    return columns == WHOLE
        ? Escapes.format(value)
        : shortened(value, Math.max(columns - tabStop, VALUE_COLUMNS_MIN), "");
  }

  private String screenful(Bytes value) {
    int columns = width.getAsInt();
    return columns == WHOLE
        ? Escapes.format(value)
        : shortened(value, columns * VALUE_LINES_MAX, "; 'terrane get' prints all of them");
  }

  /** {@code value} in at most so many columns, with its size where it is not all there. */
  private static String shortened(Bytes value, int columns, String hint) {
    // A character that can be seen takes at most four bytes for a column.
    Bytes start = value.slice(0, (int) Math.min(value.length(), 4L * columns + 4));
    String text = Escapes.format(start);
    if (start.length() == value.length() && Columns.of(text) <= columns) {
      return text;
    }
    String suffix = String.format(Locale.ROOT, "… (%,d bytes%s)", value.length(), hint);
    return Columns.cut(text, columns - Columns.of(suffix)) + suffix;
  }

  private static String text(KeyTtl ttl) {
    return switch (ttl) {
      case KeyTtl.Absent absent -> "(no such key)";
      case KeyTtl.Unlimited unlimited -> "(forever)";
      case KeyTtl.Limited limited -> limited.left().toSeconds() + " s";
    };
  }

  private static String text(CompareAndSwapResult result) {
    if (result.swapped()) {
      return "(swapped)";
    }
    return result
        .previous()
        .map(value -> "(not swapped; the key holds:) " + Escapes.format(value))
        .orElse("(not swapped; no such key)");
  }
}
