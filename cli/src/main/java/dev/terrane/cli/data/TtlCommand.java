package dev.terrane.cli.data;

import dev.terrane.cli.ExitCode;
import dev.terrane.client.KeyTtl;
import java.io.PrintStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Prints how long a key still lives. */
@Command(
    name = "ttl",
    description = "Print how many seconds a key still lives, or 'forever'.",
    footer = {"", "Example:", "  terrane ttl session/17"})
public final class TtlCommand extends KeyCommand {
  @Parameters(paramLabel = "KEY", description = "The key.")
  private String key;

  @Override
  Statement statement() {
    return new Statement.Ttl(bytes(key));
  }

  @Override
  int print(Answer answer, PrintStream out) {
    if (!(answer instanceof Answer.Lifetime lifetime)) {
      return noSuchKey();
    }
    return switch (lifetime.ttl()) {
      case KeyTtl.Absent absent -> noSuchKey();
      case KeyTtl.Unlimited unlimited -> {
        out.println("forever");
        yield ExitCode.DONE;
      }
      case KeyTtl.Limited limited -> {
        out.println(limited.left().toSeconds());
        yield ExitCode.DONE;
      }
    };
  }
}
