package dev.terrane.cli.node;

import dev.terrane.cli.CommandFailure;
import dev.terrane.cli.ExitCode;
import dev.terrane.cli.StandardOutput;
import dev.terrane.server.config.ConfigException;
import dev.terrane.server.node.NodeStartException;
import dev.terrane.server.run.HaltProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a whole cluster to try things with. */
@Command(
    name = "playground",
    description = "Run a cluster of several nodes in this process, to try things with.",
    footer = {
      "",
      "Prints a line 'ready: pd HOST:PORT' once it answers. Ctrl-C ends it and removes its data,",
      "unless --dir says where to keep them; started with the same --dir again, it goes on.",
      "",
      "Examples:",
      "  terrane playground",
      "  terrane playground --nodes 1 --api-version 1ttl",
      "  terrane playground --dir ~/terrane-data --pd-port 12379"
    })
public final class PlaygroundCommand implements Callable<Integer> {
  private static final int NODES_MAX = 7;
  private static final int ANY_FREE_DEFAULT = -1;
  private static final int PORT_MAX = 65_535;

  @Option(
      names = "--nodes",
      paramLabel = "N",
      defaultValue = "3",
      description = "How many nodes (default: ${DEFAULT-VALUE}).")
  private int nodes;

  @Option(
      names = "--pd-port",
      paramLabel = "PORT",
      description =
          "Where the placement driver listens; 0: on any free port, and everything else too"
              + " (default: 2379, or any free port if that is taken).")
  private int pdPort = ANY_FREE_DEFAULT;

  @Option(
      names = "--api-version",
      paramLabel = "1|1ttl|2",
      defaultValue = "1",
      converter = ApiVersionOption.Converter.class,
      description = "How keys are stored (default: ${DEFAULT-VALUE}).")
  private ApiVersionOption apiVersion;

  @Option(names = "--dir", description = "Keep the data here.")
  private @Nullable Path dir;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    StandardOutput.mayBeLost();
    if (nodes < 1 || nodes > NODES_MAX) {
      throw new CommandFailure(
          ExitCode.USAGE, "--nodes " + nodes + " is not between 1 and " + NODES_MAX);
    }
    if (pdPort > PORT_MAX || pdPort < ANY_FREE_DEFAULT) {
      throw new CommandFailure(
          ExitCode.USAGE, "--pd-port " + pdPort + " is not between 0 and " + PORT_MAX);
    }
    Path directory = dir == null ? Files.createTempDirectory("terrane-playground-") : dir;
    try (StopSignal signal = new StopSignal()) {
      try {
        run(directory, signal);
      } catch (ConfigException | NodeStartException | IOException e) {
        throw NodeFailures.explain(e);
      } finally {
        if (dir == null) {
          Directories.delete(directory);
        }
      }
    }
    return ExitCode.DONE;
  }

  private void run(Path directory, StopSignal signal) throws IOException, InterruptedException {
    Playground.Plan plan =
        new Playground.Plan(
            nodes, pdPort, apiVersion, directory, Playground.Plan.MEMORY_BYTES_DEFAULT);
    try (Playground playground = Playground.start(plan, new HaltProcess())) {
      PrintWriter err = spec.commandLine().getErr();
      new PlaygroundText(plan, dir).of(playground).forEach(err::println);
      err.flush();
      PrintWriter out = spec.commandLine().getOut();
      out.println("ready: pd " + playground.pd());
      out.flush();
      signal.await();
    }
  }
}
