package dev.terrane.cli.node;

import dev.terrane.cli.CommandFailure;
import dev.terrane.cli.ExitCode;
import dev.terrane.cli.FileFailures;
import dev.terrane.cli.StandardOutput;
import dev.terrane.server.config.ByteSizes;
import dev.terrane.server.config.ConfigException;
import dev.terrane.server.config.NodeConfig;
import dev.terrane.server.config.NodeConfigBuilder;
import dev.terrane.server.config.NodeConfigFile;
import dev.terrane.server.config.Role;
import dev.terrane.server.net.HostPort;
import dev.terrane.server.node.Node;
import dev.terrane.server.node.NodeAddresses;
import dev.terrane.server.node.NodeStartException;
import dev.terrane.server.run.HaltProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs one node until it is told to stop. */
@Command(
    name = "start",
    description = "Run one node of a cluster until SIGTERM or Ctrl-C, then hand over and exit 0.",
    footer = {
      "",
      "Without --join, and in an empty directory, a new cluster of one begins. With it the node joins:",
      "the placement driver grows to three members and the data to three replicas, all online. Started",
      "again, a node goes on as what its directory says it is.",
      "",
      "Prints a line 'ready: pd HOST:PORT store HOST:PORT status HOST:PORT' once it serves; without",
      "pd or store where it is none.",
      "",
      "The configuration file is TOML, and every setting in it optional:",
      "  at its top   name, data-dir, roles, join, memory, replicas, disk-reserve",
      "  [pd]         addr, advertise-addr",
      "  [store]      addr, advertise-addr, status-addr, advertise-status-addr, labels, log-budget",
      "  [storage]    api-version, enable-ttl",
      "Lists and texts are written as in TOML: roles = [\"store\"], labels = { zone = \"a\" }. Half of the",
      "memory is outside the JVM's heap; with more of it, raise that too: TERRANE_JAVA_OPTS=-Xmx2g.",
      "",
      "Examples:",
      "  terrane start --name n1 --dir data/n1",
      "  terrane start --name n2 --dir data/n2 --addr 127.0.0.1:20161 --pd-addr 127.0.0.1:2381 \\",
      "      --status-addr 127.0.0.1:20181 --join 127.0.0.1:2379",
      "  terrane start --config /etc/terrane.toml"
    })
public final class StartCommand implements Callable<Integer> {
  @Option(
      names = "--config",
      paramLabel = "FILE.toml",
      description = "Read settings from a file; an option given here wins over it.")
  private @Nullable Path config;

  @Option(names = "--name", description = "The node's name, of no other node (default: terrane).")
  private @Nullable String name;

  @Option(names = "--dir", description = "Where the node keeps its data.")
  private @Nullable Path dir;

  @Option(
      names = "--addr",
      paramLabel = "HOST:PORT",
      converter = HostPortConverter.class,
      description = "Where the store listens (default: 127.0.0.1:20160).")
  private @Nullable HostPort addr;

  @Option(
      names = "--pd-addr",
      paramLabel = "HOST:PORT",
      converter = HostPortConverter.class,
      description = "Where the placement driver listens (default: 127.0.0.1:2379).")
  private @Nullable HostPort pdAddr;

  @Option(
      names = "--status-addr",
      paramLabel = "HOST:PORT",
      converter = HostPortConverter.class,
      description = "Where HTTP is served: /metrics, /status, /readyz (default: 127.0.0.1:20180).")
  private @Nullable HostPort statusAddr;

  @Option(
      names = "--advertise-addr",
      paramLabel = "HOST:PORT",
      converter = HostPortConverter.class,
      description = "Where others find the store (default: --addr).")
  private @Nullable HostPort advertiseAddr;

  @Option(
      names = "--advertise-pd-addr",
      paramLabel = "HOST:PORT",
      converter = HostPortConverter.class,
      description = "Where others find the placement driver (default: --pd-addr).")
  private @Nullable HostPort advertisePdAddr;

  @Option(
      names = "--advertise-status-addr",
      paramLabel = "HOST:PORT",
      converter = HostPortConverter.class,
      description = "Where others find HTTP (default: --status-addr).")
  private @Nullable HostPort advertiseStatusAddr;

  @Option(
      names = "--roles",
      split = ",",
      paramLabel = "ROLE",
      hideParamSyntax = true,
      description = "What the node is: pd, store or both (default: pd,store).")
  private @Nullable List<Role> roles;

  @Option(
      names = "--join",
      split = ",",
      paramLabel = "HOST:PORT",
      hideParamSyntax = true,
      converter = HostPortConverter.class,
      description = "Placement drivers of the cluster to join, separated by commas.")
  private @Nullable List<HostPort> join;

  @Option(
      names = "--api-version",
      paramLabel = "1|1ttl|2",
      converter = ApiVersionOption.Converter.class,
      description = "How keys are stored; the same in all nodes, for good (default: 1).")
  private @Nullable ApiVersionOption apiVersion;

  @Option(
      names = "--label",
      paramLabel = "KEY=VALUE",
      description = "Where the store is, as in zone=a; replicas are spread by it.")
  private @Nullable Map<String, String> labels;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description = "Memory for caches and buffers, as in 1GiB (default: 512MiB).")
  private @Nullable String memory;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    StandardOutput.mayBeLost();
    NodeConfig settings = nodeConfig();
    try (StopSignal signal = new StopSignal()) {
      try (Node node = Node.start(settings, new HaltProcess())) {
        say(node.addresses());
        signal.await();
        node.stop();
      } catch (ConfigException | NodeStartException | IOException e) {
        throw NodeFailures.explain(e);
      }
    }
    return ExitCode.DONE;
  }

  private void say(NodeAddresses addresses) {
    PrintWriter out = spec.commandLine().getOut();
    StringJoiner parts = new StringJoiner(" ", "ready: ", "");
    addresses.byPart().forEach((part, address) -> parts.add(part + " " + address));
    out.println(parts);
    out.flush();
  }

  private NodeConfig nodeConfig() {
    NodeConfigBuilder builder = new NodeConfigBuilder();
    try {
      if (config != null) {
        NodeConfigFile.load(config, builder);
      }
      set(name, builder::name);
      set(dir, builder::directory);
      set(addr, builder::storeAddress);
      set(pdAddr, builder::pdAddress);
      set(statusAddr, builder::statusAddress);
      set(advertiseAddr, builder::storeAdvertised);
      set(advertisePdAddr, builder::pdAdvertised);
      set(advertiseStatusAddr, builder::statusAdvertised);
      set(roles, given -> builder.roles(EnumSet.copyOf(given)));
      set(join, builder::join);
      set(apiVersion, given -> given.applyTo(builder));
      set(labels, builder::labels);
      set(memory, given -> builder.memoryBytes(ByteSizes.parse(given)));
      return builder.build();
    } catch (ConfigException e) {
      throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "cannot read configuration file " + config + ": " + FileFailures.reason(e),
          e);
    }
  }

  private static <T> void set(@Nullable T given, Consumer<T> setting) {
    if (given != null) {
      setting.accept(given);
    }
  }
}
