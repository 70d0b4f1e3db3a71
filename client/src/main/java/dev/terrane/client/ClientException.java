package dev.terrane.client;

/**
 * Why an operation did not succeed. The kind says what is known of it: after {@link
 * UndeterminedException} a write may have happened, after every other kind it has not and will not.
 */
public abstract sealed class ClientException extends RuntimeException
    permits ClientBusyException,
        ClientClosedException,
        DeadlineExceededException,
        InternalErrorException,
        InvalidArgumentException,
        NotBootstrappedException,
        RefusedException,
        UnavailableException,
        UndeterminedException {
  private static final long serialVersionUID = 1;

  private final String text;

  ClientException(String message) {
    super(message);
    this.text = message;
  }

  /** Never null. */
  @Override
  public final String getMessage() {
    return text;
  }
}
