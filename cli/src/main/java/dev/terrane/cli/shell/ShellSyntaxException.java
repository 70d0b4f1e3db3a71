package dev.terrane.cli.shell;

/** A line that makes no sense. The message says why and how it is written. */
final class ShellSyntaxException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ShellSyntaxException(String message) {
    super(message);
  }
}
