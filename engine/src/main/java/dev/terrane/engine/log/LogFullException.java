package dev.terrane.engine.log;

import dev.terrane.engine.EngineException;
import org.jspecify.annotations.Nullable;

/** There is no room for another segment. Nothing is damaged; it may succeed once space returns. */
public final class LogFullException extends EngineException {
  private static final long serialVersionUID = 1L;

  private final int written;

  LogFullException(String message, int written, @Nullable Throwable cause) {
    super(message, true, cause);
    this.written = written;
  }

  LogFullException after(int batches) {
    return new LogFullException(String.valueOf(getMessage()), batches, getCause());
  }

  /** How many batches of the call, counted from its first, were made durable all the same. */
  public int written() {
    return written;
  }
}
