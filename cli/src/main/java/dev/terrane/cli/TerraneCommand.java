package dev.terrane.cli;

import dev.terrane.cli.ctl.CtlCommand;
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
    subcommands = {CtlCommand.class, HelpCommand.class},
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

  static CommandLine commandLine() {
    TerraneCommand root = new TerraneCommand();
    CommandLine commandLine = new CommandLine(root);
    commandLine.setExecutionExceptionHandler(new FailureHandler(root));
    commandLine.setParameterExceptionHandler(new UsageFailureHandler());
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    HelpSections.addTo(commandLine);
    return commandLine;
  }
}
