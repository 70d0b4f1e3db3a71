package dev.terrane.cli.data;

import dev.terrane.cli.ExitCode;
import java.io.PrintStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Prints the value of a key. */
@Command(
    name = "get",
    description = "Print the value of a key, byte for byte, and a line feed.",
    footer = {"", "Examples:", "  terrane get greeting", "  terrane get -e 'user\\x00\\x17'"})
public final class GetCommand extends KeyCommand {
  @Parameters(paramLabel = "KEY", description = "The key.")
  private String key;

  @Override
  Statement statement() {
    return new Statement.Get(bytes(key));
  }

  @Override
  int print(Answer answer, PrintStream out) {
    if (answer instanceof Answer.Value found && found.value().isPresent()) {
      printLine(found.value().get(), out);
      return ExitCode.DONE;
    }
    return noSuchKey();
  }
}
