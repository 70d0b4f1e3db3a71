package dev.terrane.cli.shell;

import dev.terrane.cli.ClusterFailures;
import dev.terrane.cli.ClusterOptions;
import dev.terrane.cli.TerminalStreams;
import dev.terrane.cli.data.Keys;
import dev.terrane.cli.text.Verbatim;
import dev.terrane.client.ClientException;
import dev.terrane.client.PdMembers;
import dev.terrane.client.TerraneClient;
import dev.terrane.common.Bytes;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.function.IntSupplier;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;
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
      return TerminalStreams.input() ? converse(client) : feedStandardInput(client);
    }
  }

  private int converse(TerraneClient client) throws IOException {
    try {
      // Who cannot reach the cluster is told before, not after, the first line.
      PdMembers _ = client.pd().members();
    } catch (ClientException e) {
      throw ClusterFailures.explain(e);
    }
    try (Terminal terminal = TerminalBuilder.builder().encoding(StandardCharsets.UTF_8).build()) {
      Interpreter interpreter = interpreter(client, terminal::getColumns);
      String greeting =
          "Connected to " + cluster.addresses() + ". 'help' lists the commands; Ctrl-D leaves.";
      new InteractiveLines(terminal, greeting).feed(interpreter);
      return interpreter.exitCode();
    }
  }

  private int feedStandardInput(TerraneClient client) throws IOException {
    Interpreter interpreter = interpreter(client, () -> AnswerText.WHOLE);
    InputStream lines = new BufferedInputStream(System.in);
    boolean more = true;
    for (Bytes line = next(lines); more && line != null; line = next(lines)) {
      more = interpreter.run(Verbatim.text(line));
    }
    return interpreter.exitCode();
  }

  /**
   * The bytes of a line as they were given, without the line feed that ends it; null at the end.
   */
  private static @Nullable Bytes next(InputStream lines) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int read = lines.read();
    if (read < 0) {
      return null;
    }
    for (; read >= 0 && read != '\n'; read = lines.read()) {
      line.write(read);
    }
    byte[] bytes = line.toByteArray();
    boolean returns = bytes.length > 0 && bytes[bytes.length - 1] == '\r';
    return Bytes.wrap(bytes, 0, bytes.length - (returns ? 1 : 0));
  }

  private Interpreter interpreter(TerraneClient client, IntSupplier width) {
    return new Interpreter(
        new Keys(client.raw()), spec.commandLine().getOut(), spec.commandLine().getErr(), width);
  }
}
