package dev.terrane.cli.data;

import dev.terrane.cli.ExitCode;
import java.io.PrintStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Deletes a key. */
@Command(
    name = "delete",
    description = "Delete a key, whether or not it is there.",
    footer = {"", "Example:", "  terrane delete greeting"})
public final class DeleteCommand extends KeyCommand {
  @Parameters(paramLabel = "KEY", description = "The key.")
  private String key;

  @Override
  Statement statement() {
    return new Statement.Delete(bytes(key));
  }

  @Override
  int print(Answer answer, PrintStream out) {
    return ExitCode.DONE;
  }
}
