package dev.terrane.cli.data;

import dev.terrane.cli.CommandFailure;
import dev.terrane.cli.ExitCode;
import dev.terrane.client.CompareAndSwapResult;
import java.io.PrintStream;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a value if the key holds what is expected. */
@Command(
    name = "cas",
    description = "Write VALUE if the key holds EXPECTED; else print what it holds.",
    footer = {
      "",
      "Examples:",
      "  terrane cas counter 1 2",
      "  terrane cas lock --absent me   (only if the key does not exist)"
    })
public final class CasCommand extends KeyCommand {
  @Parameters(index = "0", paramLabel = "KEY", description = "The key.")
  private String key;

  @Parameters(
      index = "1..*",
      arity = "1..2",
      paramLabel = "[EXPECTED] VALUE",
      description = "What the key must hold, and what it shall hold.")
  private List<String> values = List.of();

  @Option(names = "--absent", description = "Expect that the key does not exist.")
  private boolean absent;

  @Override
  Statement statement() {
    if (values.size() != (absent ? 1 : 2)) {
      throw new CommandFailure(
          ExitCode.USAGE, "write either 'cas KEY EXPECTED VALUE' or 'cas KEY --absent VALUE'");
    }
    return new Statement.Cas(
        bytes(key), absent ? null : bytes(values.getFirst()), bytes(values.getLast()));
  }

  @Override
  int print(Answer answer, PrintStream out) {
    if (!(answer instanceof Answer.Swap(CompareAndSwapResult result))) {
      return ExitCode.FAILED;
    }
    if (result.swapped()) {
      return ExitCode.DONE;
    }
    if (result.previous().isEmpty()) {
      return noSuchKey();
    }
    printLine(result.previous().get(), out);
    return ExitCode.NOT_FOUND;
  }
}
