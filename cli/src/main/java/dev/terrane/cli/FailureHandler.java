package dev.terrane.cli;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Turns what a command throws into a message on standard error and an exit code. */
final class FailureHandler implements IExecutionExceptionHandler {
  private final TerraneCommand root;

  FailureHandler(TerraneCommand root) {
    this.root = root;
  }

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine commandLine, @Nullable ParseResult parsed) {
    PrintWriter err = commandLine.getErr();
    err.println("terrane: " + message(failure));
    if (root.stacktrace()) {
      failure.printStackTrace(err);
    }
    err.flush();
    return failure instanceof CommandFailure known ? known.exitCode() : ExitCode.FAILED;
  }

  /** A failure nobody foresaw is shown with its type: its message alone may say nothing. */
  private static String message(Exception failure) {
    return failure instanceof CommandFailure
        ? String.valueOf(failure.getMessage())
        : failure + " (--stacktrace shows where)";
  }
}
