package dev.terrane.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Answers a command line that makes no sense: what is wrong, what may be meant, where the help is.
 */
final class UsageFailureHandler implements IParameterExceptionHandler {
  /** As the parser names what a number should have been. */
  private static final Pattern JAVA_NUMBER = Pattern.compile("is not an? (int|long)$");

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
    return JAVA_NUMBER
        .matcher(String.valueOf(failure.getMessage()))
        .replaceFirst("is not a whole number")
        .replaceFirst("^Value for option option ", "Value for option ");
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
