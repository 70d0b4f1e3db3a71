package dev.terrane.cli;

/**
 * Which of the process's streams a person looks at. The launcher says so: Java can tell only
 * whether all of them are a terminal.
 */
public final class TerminalStreams {
  private TerminalStreams() {}

  /** Whether a person types standard input and reads standard output. */
  public static boolean input() {
    return Boolean.getBoolean("terrane.stdin.terminal");
  }

  /** Whether a person reads standard error, so that a line may be drawn over. */
  public static boolean error() {
    return Boolean.getBoolean("terrane.stderr.terminal");
  }
}
