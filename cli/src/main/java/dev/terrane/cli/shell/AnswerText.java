package dev.terrane.cli.shell;

import dev.terrane.cli.data.Answer;
import dev.terrane.cli.data.Statement;
import dev.terrane.cli.text.Escapes;
import dev.terrane.client.CompareAndSwapResult;
import dev.terrane.client.KeyTtl;
import dev.terrane.client.KeyValue;
import java.io.PrintWriter;
import java.util.Iterator;

/** Prints answers for a person: what is not an entry stands in parentheses. */
final class AnswerText {
  private final PrintWriter out;

  AnswerText(PrintWriter out) {
    this.out = out;
  }

  void print(Statement statement, Answer answer) {
    switch (answer) {
      case Answer.Value value ->
          out.println(value.value().map(Escapes::format).orElse("(no such key)"));
      case Answer.Done done -> out.println("(done)");
      case Answer.Entries scanned -> printEntries((Statement.Scan) statement, scanned.entries());
      case Answer.Lifetime lifetime -> out.println(text(lifetime.ttl()));
      case Answer.Swap swap -> out.println(text(swap.result()));
    }
    out.flush();
  }

  private void printEntries(Statement.Scan scan, Iterator<KeyValue> entries) {
    long count = 0;
    for (; entries.hasNext(); count++) {
      KeyValue entry = entries.next();
      String key = Escapes.format(entry.key());
      out.println(scan.keysOnly() ? key : key + "\t" + Escapes.format(entry.value()));
    }
    String more = count == scan.limit() ? "; there may be more, see --limit" : "";
    out.println("(" + count + (count == 1 ? " entry" : " entries") + more + ")");
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
