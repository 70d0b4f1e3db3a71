package dev.terrane.cli;

import dev.terrane.client.ClientBusyException;
import dev.terrane.client.ClientClosedException;
import dev.terrane.client.ClientException;
import dev.terrane.client.DeadlineExceededException;
import dev.terrane.client.InternalErrorException;
import dev.terrane.client.InvalidArgumentException;
import dev.terrane.client.NotBootstrappedException;
import dev.terrane.client.RefusedException;
import dev.terrane.client.UnavailableException;
import dev.terrane.client.UndeterminedException;

/** What a user is told, and can do, when the cluster did not do what was asked. */
public final class ClusterFailures {
  private ClusterFailures() {}

  public static CommandFailure explain(ClientException failure) {
    return new CommandFailure(exitCode(failure), failure.getMessage() + advice(failure), failure);
  }

  private static int exitCode(ClientException failure) {
    return switch (failure) {
      case UndeterminedException e -> ExitCode.UNDETERMINED;
      case InvalidArgumentException e -> ExitCode.USAGE;
      default -> ExitCode.FAILED;
    };
  }

  private static String advice(ClientException failure) {
    return switch (failure) {
      case UnavailableException e ->
          "\nIs the cluster running? Name its placement driver with --pd HOST:PORT.";
      case NotBootstrappedException e ->
          "\nIts first store is still starting, or none is there: see 'terrane ctl stores'.";
      case DeadlineExceededException e ->
          "\nA majority of the replicas may be down: see 'terrane ctl regions'."
              + " --timeout waits longer.";
      case UndeterminedException e -> "\nRead the key to see what is true now.";
      case ClientBusyException e -> "";
      case ClientClosedException e -> "";
      case InvalidArgumentException e -> "";
      case InternalErrorException e when e.getCause() instanceof OutOfMemoryError ->
          "\nTERRANE_JAVA_OPTS=-Xmx1g gives it more.";
      case InternalErrorException e -> "\nThis is a fault in terrane: --stacktrace shows where.";
      case RefusedException e when e.getMessage().contains("ttl is not enabled") ->
          "\nOnly a cluster started with --api-version 1ttl or 2 has times to live.";
      case RefusedException e -> "";
    };
  }
}
