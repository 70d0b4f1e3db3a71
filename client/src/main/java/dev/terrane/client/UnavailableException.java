package dev.terrane.client;

/** No member of PD can be reached, so nothing can be found. */
public final class UnavailableException extends ClientException {
  private static final long serialVersionUID = 1;

  public UnavailableException(String message) {
    super(message);
  }
}
