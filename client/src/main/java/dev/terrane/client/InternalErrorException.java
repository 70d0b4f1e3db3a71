package dev.terrane.client;

/**
 * The client itself failed at the operation: by a fault of its own, for want of memory, or by an
 * answer that makes no sense; the cause says where. If it was a write, it was not sent.
 */
public final class InternalErrorException extends ClientException {
  private static final long serialVersionUID = 1;

  private InternalErrorException(String message) {
    super(message);
  }

  /** An operation fails because {@code thrown} was thrown at work on it. */
  public static InternalErrorException of(Throwable thrown) {
    InternalErrorException failure =
        new InternalErrorException(
            thrown instanceof OutOfMemoryError
                ? "this process has too little memory for it: " + thrown.getMessage()
                : "the client failed at it: " + thrown);
    failure.initCause(thrown);
    return failure;
  }
}
