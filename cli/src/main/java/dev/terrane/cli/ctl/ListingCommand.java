package dev.terrane.cli.ctl;

import dev.terrane.cli.PdOption;
import java.io.PrintWriter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Asks a cluster one question and prints the rows of the answer. */
abstract class ListingCommand implements Runnable {
  @Mixin private PdOption pd;

  @Option(names = "--json", description = "Print a JSON array instead of a table.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public final void run() {
    Listing listing;
    try (PdSession session = PdSession.open(pd.addresses())) {
      listing = list(session);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? listing.json() : listing.table());
    out.flush();
  }

  abstract Listing list(PdSession session);
}
