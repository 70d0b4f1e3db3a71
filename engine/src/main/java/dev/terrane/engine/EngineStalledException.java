package dev.terrane.engine;

import org.jspecify.annotations.Nullable;

/** A write was refused because the engine has to catch up first. It changed nothing. */
public final class EngineStalledException extends EngineException {
  private static final long serialVersionUID = 1L;

  public EngineStalledException(String message, @Nullable Throwable cause) {
    super(message, true, cause);
  }
}
