package dev.terrane.client;

/**
 * The cluster understood the operation and will not do it, for the reason given. Nothing was
 * written.
 */
public final class RefusedException extends ClientException {
  private static final long serialVersionUID = 1;

  public RefusedException(String message) {
    super(message);
  }
}
