package dev.terrane.cli.ctl;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Groups what is set for the placement driver itself. */
@Command(
    name = "pd",
    description = "Show or set what holds for the placement driver itself.",
    subcommands = PdMembersCommand.class)
final class PdCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "show or set what? members");
  }
}
