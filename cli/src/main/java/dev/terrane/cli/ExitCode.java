package dev.terrane.cli;

/**
 * What the process answers to its caller. Scripts rely on these numbers; they are in every help
 * text.
 */
public final class ExitCode {
  public static final int DONE = 0;

  /** The command failed, and its write, if it was one, did not happen. */
  public static final int FAILED = 1;

  /** The command line, or the configuration it names, makes no sense. */
  public static final int USAGE = 2;

  /** There is no such key, or a compare-and-swap found another value. */
  public static final int NOT_FOUND = 3;

  /** No answer came that tells whether a write happened; it may even happen later. */
  public static final int UNDETERMINED = 4;

  private ExitCode() {}
}
