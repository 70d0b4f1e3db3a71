package dev.terrane.cli.ctl;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Groups the commands that show the state of a cluster, and change it. */
@Command(
    name = "ctl",
    description = "Show the state of a cluster, and change it.",
    subcommands = {
      MembersCommand.class,
      StoresCommand.class,
      RegionsCommand.class,
      ConfigCommand.class,
      PdCommand.class,
      MemberCommand.class,
      StoreCommand.class
    },
    footer = {
      "",
      "Examples:",
      "  terrane ctl stores",
      "  terrane ctl regions --pd 10.0.0.1:2379,10.0.0.2:2379",
      "  terrane ctl members --json",
      "  terrane ctl pd members 5",
      "  terrane ctl member remove node-c",
      "  terrane ctl store remove 4",
      "  terrane ctl config set max-store-down-time 10m"
    })
public final class CtlCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "show or change what? members, stores, regions, config, pd, member or store");
  }
}
