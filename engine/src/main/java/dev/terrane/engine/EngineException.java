package dev.terrane.engine;

import org.jspecify.annotations.Nullable;

/**
 * The engine could not do what it was asked because the world failed: no space, an I/O error, a
 * file that cannot be read.
 *
 * <p>A failed write changed nothing. A failed {@link KvEngine#barrier} leaves the engine unable to
 * write: what the disk kept is unknown, so the store must stop rather than try again.
 */
public class EngineException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean retryable;

  public EngineException(String message, boolean retryable, @Nullable Throwable cause) {
    super(message, cause);
    this.retryable = retryable;
  }

  /** Whether the same call can succeed later without a restart, as when space returns. */
  public final boolean retryable() {
    return retryable;
  }
}
