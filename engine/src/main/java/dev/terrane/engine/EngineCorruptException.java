package dev.terrane.engine;

import org.jspecify.annotations.Nullable;

/** Bytes on disk are not what was written. Nothing that was read from them was returned. */
public final class EngineCorruptException extends EngineException {
  private static final long serialVersionUID = 1L;

  private final String file;

  /**
   * @param file the damaged file's path; "unknown" where the engine did not say
   */
  public EngineCorruptException(String file, String message, @Nullable Throwable cause) {
    super("corrupt file " + file + ": " + message, false, cause);
    this.file = file;
  }

  /** The path of the damaged file. */
  public String file() {
    return file;
  }
}
