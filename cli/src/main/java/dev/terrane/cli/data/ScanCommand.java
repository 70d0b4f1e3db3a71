package dev.terrane.cli.data;

import dev.terrane.cli.CommandFailure;
import dev.terrane.cli.ExitCode;
import dev.terrane.cli.text.Escapes;
import dev.terrane.client.KeyValue;
import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints the entries of a range. */
@Command(
    name = "scan",
    description = "Print entries in key order, one a line: the key, a tab, the value.",
    footer = {
      "",
      "What is printed is always escaped, so that a line is a line: 'terrane import --escaped' reads",
      "it back; 'terrane import' reads what --json prints.",
      "",
      "Examples:",
      "  terrane scan                      the first 100 entries; says so if there are more",
      "  terrane scan --all > file         every entry",
      "  terrane scan a c --limit 10       keys from a up to but not including c",
      "  terrane scan --prefix user/ --keys"
    })
public final class ScanCommand extends KeyCommand {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "START",
      description = "The first key (default: the first there is).")
  private @Nullable String start;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "END",
      description = "The key to stop before (default: none).")
  private @Nullable String end;

  @Option(names = "--prefix", paramLabel = "P", description = "Only keys that start with this.")
  private @Nullable String prefix;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "At most so many entries (default: " + ScanBounds.LIMIT_DEFAULT + ").")
  private @Nullable Integer limit;

  @Option(names = "--all", description = "Every entry, however many there are.")
  private boolean all;

  @Option(names = "--reverse", description = "From the last key to the first.")
  private boolean reverse;

  @Option(names = "--keys", description = "Print keys without values.")
  private boolean keysOnly;

  @Option(names = "--json", description = "Print a JSON object a line.")
  private boolean json;

  @Override
  Statement statement() {
    if (limit != null && limit < 1) {
      throw new CommandFailure(ExitCode.USAGE, "--limit " + limit + " is not above 0");
    }
    if (limit != null && all) {
      throw new CommandFailure(ExitCode.USAGE, "give either --limit or --all");
    }
    return new Statement.Scan(range(), asked(), reverse, keysOnly);
  }

  /** Where nobody has said how many, one more than is printed: whether there are more is told. */
  private int asked() {
    if (limit != null) {
      return limit;
    }
    return all ? Statement.Scan.ALL : ScanBounds.LIMIT_DEFAULT + 1;
  }

  private KeyRange range() {
    if (prefix == null) {
      try {
        return ScanBounds.between(
            start == null ? Bytes.EMPTY : bytes(start), end == null ? Bytes.EMPTY : bytes(end));
      } catch (IllegalArgumentException e) {
        throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()));
      }
    }
    if (start != null) {
      throw new CommandFailure(ExitCode.USAGE, "give either START and END or --prefix");
    }
    return ScanBounds.prefix(bytes(prefix));
  }

  @Override
  int print(Answer answer, PrintStream out) {
    if (answer instanceof Answer.Entries scanned) {
      print(scanned.entries(), out);
    }
    return ExitCode.DONE;
  }

  private void print(Iterator<KeyValue> entries, PrintStream out) {
    int printed = 0;
    while (entries.hasNext()) {
      KeyValue entry = entries.next();
      if (limit == null && !all && printed == ScanBounds.LIMIT_DEFAULT) {
        out.flush();
        System.err.println(
            "terrane: these are the first "
                + ScanBounds.LIMIT_DEFAULT
                + " entries of more; --limit N prints so many, --all every one");
        return;
      }
      printLine(entry, out);
      out.write('\n');
      printed++;
    }
  }

  private void printLine(KeyValue entry, PrintStream out) {
    if (json) {
      out.writeBytes(JsonEntry.line(entry, keysOnly).getBytes(StandardCharsets.UTF_8));
      return;
    }
    Escapes.formatTo(out, entry.key());
    if (!keysOnly) {
      out.write('\t');
      Escapes.formatTo(out, entry.value());
    }
  }
}
