package dev.terrane.client;

/** An argument is out of its bounds; nothing was sent. */
public final class InvalidArgumentException extends ClientException {
  private static final long serialVersionUID = 1;

  public InvalidArgumentException(String message) {
    super(message);
  }
}
