package dev.terrane.cli.text;

/** A backslash that begins no escape. The message says which escapes there are. */
public final class EscapeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  EscapeException(String message) {
    super(message);
  }
}
