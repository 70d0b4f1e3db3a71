package dev.terrane.cli.data;

import dev.terrane.cli.ExitCode;
import java.io.PrintStream;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a value. */
@Command(
    name = "put",
    description = "Write a value. Prints nothing: exit code 0 says that it is written.",
    footer = {
      "",
      "Examples:",
      "  terrane put greeting hello",
      "  terrane put session/17 open --ttl 600   (a cluster with times to live)"
    })
public final class PutCommand extends KeyCommand {
  @Parameters(index = "0", paramLabel = "KEY", description = "The key.")
  private String key;

  @Parameters(index = "1", paramLabel = "VALUE", description = "The value.")
  private String value;

  @Option(
      names = "--ttl",
      paramLabel = "SECONDS",
      defaultValue = "0",
      description = "The entry goes away after this time (default: never).")
  private int ttlSeconds;

  @Override
  Statement statement() {
    return new Statement.Put(bytes(key), bytes(value), Duration.ofSeconds(ttlSeconds));
  }

  @Override
  int print(Answer answer, PrintStream out) {
    return ExitCode.DONE;
  }
}
