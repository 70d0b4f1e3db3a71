package dev.terrane.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Answers a command line that makes no sense: what is wrong, what may be meant, where the help is.
 */
final class UsageFailureHandler implements IParameterExceptionHandler {
  @Override
  public int handleParseException(ParameterException failure, String[] args) {
    CommandLine commandLine = failure.getCommandLine();
    PrintWriter err = commandLine.getErr();
    err.println("terrane: " + failure.getMessage());
    if (!UnmatchedArgumentException.printSuggestions(failure, err)) {
      commandLine.getCommandSpec().usageMessage();
      err.println("Usage: " + commandLine.getHelp().synopsis(0).strip());
    }
    err.println("Try '" + commandLine.getCommandSpec().qualifiedName() + " --help'.");
    err.flush();
    return ExitCode.USAGE;
  }
}
