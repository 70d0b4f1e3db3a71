package dev.terrane.cli;

import dev.terrane.client.ClientBuilder;
import dev.terrane.client.InvalidArgumentException;
import dev.terrane.client.TerraneClient;
import dev.terrane.server.net.HostPort;
import dev.terrane.server.net.Names;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the cluster is and how it is spoken to: the same in every command that talks to one. */
public final class ClusterOptions {
  @Option(
      names = "--pd",
      split = ",",
      paramLabel = "HOST:PORT",
      hideParamSyntax = true,
      defaultValue = "${env:TERRANE_PD:-127.0.0.1:2379}",
      description =
          "Any placement driver of the cluster, or several, separated by commas"
              + " (default: $TERRANE_PD, else 127.0.0.1:2379).")
  private List<String> addresses = List.of();

  @Option(
      names = "--keyspace",
      paramLabel = "NAME",
      description =
          "The cluster has API version 2; use the keys of this keyspace (DEFAULT: the default one)."
              + " Leave out for version 1.")
  private @Nullable String keyspace;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "How long one operation may take (default: ${DEFAULT-VALUE}).")
  private int timeoutSeconds;

  /**
   * Ends the command if none of the hosts has an address, which waiting does not mend.
   *
   * @throws CommandFailure naming the first
   */
  public void refuseUnresolved() {
    HostPort unresolved;
    try {
      unresolved = Names.unresolved(addresses.stream().map(HostPort::parse).toList());
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
    if (unresolved != null) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "the host '%s' (--pd %s) does not resolve".formatted(unresolved.host(), unresolved));
    }
  }

  /** The placement drivers that were named, as they were written. */
  public String addresses() {
    return String.join(",", addresses);
  }

  /** How long one operation may take. */
  public Duration timeout() {
    return Duration.ofSeconds(timeoutSeconds);
  }

  /** Opens a client for {@code outstanding} operations at a time; nobody is asked yet. */
  public TerraneClient connect(int outstanding) {
    refuseUnresolved();
    try {
      ClientBuilder builder =
          TerraneClient.builder(addresses.toArray(String[]::new))
              .outstandingMax(outstanding)
              .requestTimeout(Duration.ofSeconds(timeoutSeconds));
      if (keyspace != null) {
        builder.apiVersion2(keyspace.equals("DEFAULT") ? "" : keyspace);
      }
      return builder.open();
    } catch (InvalidArgumentException e) {
      throw new CommandFailure(ExitCode.USAGE, e.getMessage(), e);
    }
  }
}
