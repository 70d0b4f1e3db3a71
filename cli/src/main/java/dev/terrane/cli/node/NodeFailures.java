package dev.terrane.cli.node;

import dev.terrane.cli.CommandFailure;
import dev.terrane.cli.ExitCode;
import dev.terrane.cli.FileFailures;
import dev.terrane.server.config.ConfigException;
import dev.terrane.server.net.AddressInUseException;
import dev.terrane.server.node.NodeStartException;
import java.io.IOException;
import java.nio.file.FileSystemException;

/** What a user is told, and can do, when a node does not start. */
final class NodeFailures {
  private NodeFailures() {}

  static CommandFailure explain(Exception failure) {
    return switch (failure) {
      case ConfigException e ->
          new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
      case AddressInUseException e ->
          new CommandFailure(
              ExitCode.FAILED,
              e.getMessage()
                  + "\nIs another node running? Stop it, or choose other ports: 'terrane start"
                  + " --help' names the options.",
              e);
      case NodeStartException.NoAnswer e ->
          new CommandFailure(
              ExitCode.FAILED,
              e.getMessage()
                  + "\nIs the cluster that --join names running, and can this node reach it?",
              e);
      case NodeStartException e ->
          new CommandFailure(ExitCode.FAILED, String.valueOf(e.getMessage()), e);
      case FileSystemException e ->
          new CommandFailure(
              ExitCode.FAILED, "cannot use " + e.getFile() + ": " + FileFailures.reason(e), e);
      case IOException e ->
          new CommandFailure(
              ExitCode.FAILED, "the node does not start: " + FileFailures.reason(e), e);
      default ->
          new CommandFailure(ExitCode.FAILED, "the node does not start: " + failure, failure);
    };
  }
}
