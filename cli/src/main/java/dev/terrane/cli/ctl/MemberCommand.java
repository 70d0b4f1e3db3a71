package dev.terrane.cli.ctl;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Groups what is done with one member of the placement driver. */
@Command(
    name = "member",
    description = "Take a member out of the placement driver.",
    subcommands = MemberRemoveCommand.class)
final class MemberCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "do what with it? remove");
  }
}
