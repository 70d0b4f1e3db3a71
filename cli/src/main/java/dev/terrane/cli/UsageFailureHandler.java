package dev.terrane.cli;

import java.io.PrintWriter;
import java.util.List;
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
    err.println("terrane: " + message(failure));
    if (!UnmatchedArgumentException.printSuggestions(failure, err)) {
      showWhatThereIs(commandLine, err);
    }
    err.println("Try '" + commandLine.getCommandSpec().qualifiedName() + " --help'.");
    err.flush();
    return ExitCode.USAGE;
  }

  private static String message(ParameterException failure) {
    if (failure instanceof UnmatchedArgumentException unmatched
        && !unmatched.isUnknownOption()
        && !failure.getCommandLine().getSubcommands().isEmpty()) {
      return "no command '" + unmatched.getUnmatched().getFirst() + "'";
    }
    return String.valueOf(failure.getMessage());
  }

  /** How a command is written; of a group of commands, which there are. */
  private static void showWhatThereIs(CommandLine commandLine, PrintWriter err) {
    CommandLine.Help help = commandLine.getHelp();
    List<String> lines =
        commandLine.getSubcommands().isEmpty()
            ? List.of("Usage: " + help.synopsis("Usage: ".length()).strip())
            : List.of("Commands:", help.commandList().stripTrailing());
    lines.forEach(err::println);
  }
}
