package dev.terrane.engine.log;

import dev.terrane.engine.EngineException;
import org.jspecify.annotations.Nullable;

/**
 * The disk failed under the Raft log. If it failed a write or a sync, what it kept is unknown: the
 * call is not repeated, all later writes fail the same way, and the store must stop.
 */
public final class LogFailedException extends EngineException {
  private static final long serialVersionUID = 1L;

  LogFailedException(String message, @Nullable Throwable cause) {
    super(message, false, cause);
  }
}
