package dev.terrane.cli;

import dev.terrane.cli.ctl.CtlCommand;
import dev.terrane.cli.data.CasCommand;
import dev.terrane.cli.data.DeleteCommand;
import dev.terrane.cli.data.GetCommand;
import dev.terrane.cli.data.PutCommand;
import dev.terrane.cli.data.ScanCommand;
import dev.terrane.cli.data.TtlCommand;
import dev.terrane.cli.importing.ImportCommand;
import dev.terrane.cli.node.PlaygroundCommand;
import dev.terrane.cli.node.RehearseCommand;
import dev.terrane.cli.node.StartCommand;
import dev.terrane.cli.shell.ShellCommand;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root of the command tree: without a subcommand it explains itself. */
@Command(
    name = "terrane",
    description = "A distributed key-value store that speaks TiKV's protocol.",
    versionProvider = VersionProvider.class,
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    subcommands = {
      PlaygroundCommand.class,
      StartCommand.class,
      ShellCommand.class,
      GetCommand.class,
      PutCommand.class,
      DeleteCommand.class,
      ScanCommand.class,
      TtlCommand.class,
      CasCommand.class,
      ImportCommand.class,
      CtlCommand.class,
      RehearseCommand.class,
      HelpCommand.class
    },
    synopsisSubcommandLabel = "COMMAND")
final class TerraneCommand implements Runnable {
  @Option(
      names = "--stacktrace",
      scope = ScopeType.INHERIT,
      description = "When a command fails, also show where.")
  private boolean stacktrace;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which command?");
  }

  boolean stacktrace() {
    return stacktrace;
  }

  private static PrintWriter utf8(OutputStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.UTF_8);
  }

  static CommandLine commandLine() {
    TerraneCommand root = new TerraneCommand();
    CommandLine commandLine = new CommandLine(root);
    // Whatever the locale says: keys and values are UTF-8 or escaped.
    commandLine.setOut(utf8(StandardOutput.deferring()));
    commandLine.setErr(utf8(System.err));
    commandLine.setExecutionExceptionHandler(new FailureHandler(root));
    commandLine.setParameterExceptionHandler(new UsageFailureHandler());
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    // A key or value that starts with @ is one, not the name of a file.
    commandLine.setExpandAtFiles(false);
    HelpSections.addTo(commandLine);
    return commandLine;
  }
}
