package dev.terrane.cli.ctl;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Groups what is done with one store. */
@Command(
    name = "store",
    description = "Remove a store, or keep one that is being removed.",
    subcommands = {StoreRemoveCommand.class, StoreKeepCommand.class})
final class StoreCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "do what with it? remove, or keep");
  }
}
