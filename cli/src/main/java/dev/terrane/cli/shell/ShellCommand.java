package dev.terrane.cli.shell;

import dev.terrane.cli.ClusterOptions;
import dev.terrane.cli.TerminalStreams;
import dev.terrane.cli.data.Keys;
import dev.terrane.client.TerraneClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Reads lines, from a person or a pipe, and does what they say. */
@Command(
    name = "sh",
    description = "Read and write keys interactively, or line by line from standard input.",
    footer = {
      "",
      "The exit code is that of the first line that failed.",
      "",
      "Examples:",
      "  terrane sh",
      "  echo 'scan --prefix user/ --keys' | terrane sh --pd 10.0.0.1:2379"
    })
public final class ShellCommand implements Callable<Integer> {
  @Mixin private ClusterOptions cluster;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    try (TerraneClient client = cluster.connect(1)) {
      Interpreter interpreter =
          new Interpreter(
              new Keys(client.raw()), spec.commandLine().getOut(), spec.commandLine().getErr());
      if (TerminalStreams.input()) {
        new InteractiveLines().feed(interpreter);
      } else {
        feedStandardInput(interpreter);
      }
      return interpreter.exitCode();
    }
  }

  private static void feedStandardInput(Interpreter interpreter) throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (!interpreter.run(line)) {
        return;
      }
    }
  }
}
