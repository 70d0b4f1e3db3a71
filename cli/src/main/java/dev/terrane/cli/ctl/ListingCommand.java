package dev.terrane.cli.ctl;

import dev.terrane.cli.ClusterFailures;
import dev.terrane.cli.ClusterOptions;
import dev.terrane.client.ClientException;
import dev.terrane.client.PdClient;
import dev.terrane.client.TerraneClient;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Asks the placement driver one question and prints the rows of the answer. */
abstract class ListingCommand implements Runnable {
  @Mixin private ClusterOptions cluster;

  @Option(names = "--json", description = "Print a JSON array instead of a table.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public final void run() {
    Listing listing = own();
    if (listing == null) {
      try (TerraneClient client = cluster.connect(1)) {
        listing = list(client.pd());
      } catch (ClientException e) {
        throw ClusterFailures.explain(e);
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? listing.json() : listing.table());
    out.flush();
  }

  private @Nullable Listing own() {
    try (PdOperations pd = new PdOperations(cluster)) {
      return listOwn(pd);
    } catch (PdOperations.NotTerrane e) {
      return null;
    }
  }

  /** By what only Terrane's own placement driver tells; null if that is nothing more. */
  @Nullable Listing listOwn(PdOperations pd) throws PdOperations.NotTerrane {
    return null;
  }

  /** By what every placement driver tells. */
  abstract Listing list(PdClient pd);
}
