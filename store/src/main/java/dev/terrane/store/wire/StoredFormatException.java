package dev.terrane.store.wire;

/** What the disk holds was not written for this store by a release that this one can follow. */
public final class StoredFormatException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoredFormatException(String message) {
    super(message);
  }

  public StoredFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
