package dev.terrane.cli.data;

import dev.terrane.cli.CommandFailure;
import dev.terrane.cli.ExitCode;
import dev.terrane.cli.text.Escapes;
import dev.terrane.client.KeyValue;
import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
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
      "  terrane scan                      the first 100 entries",
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
      defaultValue = "" + ScanBounds.LIMIT_DEFAULT,
      description = "At most so many entries (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Option(names = "--reverse", description = "From the last key to the first.")
  private boolean reverse;

  @Option(names = "--keys", description = "Print keys without values.")
  private boolean keysOnly;

  @Option(names = "--json", description = "Print a JSON object a line.")
  private boolean json;

  @Override
  Statement statement() {
    if (limit < 1) {
      throw new CommandFailure(ExitCode.USAGE, "--limit " + limit + " is not above 0");
    }
    return new Statement.Scan(range(), limit, reverse, keysOnly);
  }

  private KeyRange range() {
    if (prefix == null) {
      return new KeyRange(
          start == null ? Bytes.EMPTY : bytes(start), end == null ? Bytes.EMPTY : bytes(end));
    }
    if (start != null) {
      throw new CommandFailure(ExitCode.USAGE, "give either START and END or --prefix");
    }
    return ScanBounds.prefix(bytes(prefix));
  }

  @Override
  int print(Answer answer, PrintStream out) {
    if (answer instanceof Answer.Entries scanned) {
      scanned
          .entries()
          .forEachRemaining(entry -> {
            printLine(entry, out);
            out.write('\n');
          });
    }
    return ExitCode.DONE;
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
