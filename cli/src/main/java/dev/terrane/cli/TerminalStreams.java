package dev.terrane.cli;

/**
 * Which of the process's streams a person looks at. The launcher says so: Java can tell only
 * whether all of them are a terminal.
 */
public final class TerminalStreams {
  private static final int COLUMNS_DEFAULT = 80;

  private TerminalStreams() {}

  /** Whether a person types standard input and reads standard output. */
  public static boolean input() {
    return Boolean.getBoolean("terrane.stdin.terminal");
  }

  /** How wide the terminal behind standard error was when the process started. */
  public static int errorColumns() {
    int columns = Integer.getInteger("terrane.stderr.columns", COLUMNS_DEFAULT);
    return columns > 0 ? columns : COLUMNS_DEFAULT;
  }

  /** Whether a person reads standard error, so that a line may be drawn over. */
  public static boolean error() {
    return Boolean.getBoolean("terrane.stderr.terminal");
  }
}
