package dev.terrane.cli;

import java.util.List;
import picocli.CommandLine.Option;

/** Where the cluster is: {@code --pd}, the same in every command that talks to one. */
public final class PdOption {
  @Option(
      names = "--pd",
      split = ",",
      paramLabel = "HOST:PORT",
      defaultValue = "${env:TERRANE_PD:-127.0.0.1:2379}",
      description =
          "Any placement driver of the cluster, or several, separated by commas"
              + " (default: $TERRANE_PD, else 127.0.0.1:2379).")
  private List<String> addresses = List.of();

  /** At least one address, as given. */
  public List<String> addresses() {
    return addresses;
  }
}
