package dev.terrane.client;

/**
 * Time ran out before anyone served the operation. If it was a write, it was not done and will not
 * be.
 */
public final class DeadlineExceededException extends ClientException {
  private static final long serialVersionUID = 1;

  public DeadlineExceededException(String message) {
    super(message);
  }
}
