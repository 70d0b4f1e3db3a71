package dev.terrane.client;

/**
 * A write may or may not have happened, or may yet happen: it was sent, and no answer will come.
 * Reading the key tells what is true at that moment only.
 */
public final class UndeterminedException extends ClientException {
  private static final long serialVersionUID = 1;

  public UndeterminedException(String message) {
    super(message);
  }
}
