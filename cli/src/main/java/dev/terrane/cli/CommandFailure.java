package dev.terrane.cli;

import org.jspecify.annotations.Nullable;

/**
 * A command cannot be carried out, for a reason that its user can act on: the message is what the
 * user reads and says what to do next. Ends the command with {@link #exitCode}.
 */
public final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  public CommandFailure(int exitCode, String message) {
    this(exitCode, message, null);
  }

  public CommandFailure(int exitCode, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  public int exitCode() {
    return exitCode;
  }
}
