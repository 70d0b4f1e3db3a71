package dev.terrane.cli.data;

import dev.terrane.cli.ClusterFailures;
import dev.terrane.cli.ClusterOptions;
import dev.terrane.cli.CommandFailure;
import dev.terrane.cli.ExitCode;
import dev.terrane.cli.text.EscapeException;
import dev.terrane.cli.text.Escapes;
import dev.terrane.cli.text.Verbatim;
import dev.terrane.client.ClientException;
import dev.terrane.client.TerraneClient;
import dev.terrane.common.Bytes;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Puts one statement to the cluster and prints the answer. */
abstract class KeyCommand implements Callable<Integer> {
  @Mixin private ClusterOptions cluster;

  @Option(
      names = {"-e", "--escaped"},
      description =
          "Keys and values are written with escapes, here and in what is printed:"
              + " \\\\ \\t \\n \\r \\0 \\xNN. Else they are taken as they are.")
  private boolean escaped;

  @Override
  public final Integer call() {
    Statement statement = statement();
    try (TerraneClient client = cluster.connect(1)) {
      return print(new Keys(client.raw()).ask(statement), System.out);
    } catch (ClientException e) {
      throw ClusterFailures.explain(e);
    } finally {
      System.out.flush();
    }
  }

  abstract Statement statement();

  /** Prints {@code answer}, which fits {@link #statement}; answers the exit code. */
  abstract int print(Answer answer, PrintStream out);

  /** The bytes of a key or value on the command line. */
  final Bytes bytes(String argument) {
    try {
      return escaped ? Escapes.parse(argument) : Verbatim.bytes(argument);
    } catch (EscapeException e) {
      throw new CommandFailure(ExitCode.USAGE, "'" + argument + "': " + e.getMessage(), e);
    }
  }

  /** Prints a value byte for byte, or escaped, and a line feed. */
  final void printLine(Bytes value, PrintStream out) {
    Bytes shown = escaped ? Bytes.ofUtf8(Escapes.format(value)) : value;
    out.write(shown.backingArray(), shown.offset(), shown.length());
    out.write('\n');
  }

  static int noSuchKey() {
    System.err.println("terrane: no such key");
    return ExitCode.NOT_FOUND;
  }
}
