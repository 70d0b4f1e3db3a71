package dev.terrane.engine.log;

import dev.terrane.engine.EngineException;

/** There is no room for another segment. Nothing is damaged; it may succeed once space returns. */
public final class LogFullException extends EngineException {
  private static final long serialVersionUID = 1L;

  private final int written;

  LogFullException(String message, int written, Throwable cause) {
    super(message, true, cause);
    this.written = written;
  }

  /** How many batches of the call, counted from its first, were made durable all the same. */
  public int written() {
    return written;
  }
}
