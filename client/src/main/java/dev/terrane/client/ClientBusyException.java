package dev.terrane.client;

/** As many operations as allowed are under way, and none ended in time to admit this one. */
public final class ClientBusyException extends ClientException {
  private static final long serialVersionUID = 1;

  public ClientBusyException(String message) {
    super(message);
  }
}
