package dev.terrane.client;

/** The client was closed before the operation was sent. */
public final class ClientClosedException extends ClientException {
  private static final long serialVersionUID = 1;

  public ClientClosedException(String message) {
    super(message);
  }
}
