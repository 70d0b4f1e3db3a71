package dev.terrane.engine.log;

import dev.terrane.engine.EngineException;

/** Bytes of a log file are not what was written. Nothing that was read from them was returned. */
public final class LogCorruptException extends EngineException {
  private static final long serialVersionUID = 1L;

  private final String file;
  private final long offset;

  LogCorruptException(String file, long offset, String what) {
    super("corrupt Raft log: %s at offset %d: %s".formatted(file, offset, what), false, null);
    this.file = file;
    this.offset = offset;
  }

  /** The name of the damaged file in the log's directory. */
  public String file() {
    return file;
  }

  /** Where in the file the damage was noticed. */
  public long offset() {
    return offset;
  }
}
