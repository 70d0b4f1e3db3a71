package dev.terrane.engine.log;

import dev.terrane.engine.EngineException;

/** A file of the log was written by a newer release, in a format that this one does not know. */
public final class LogFormatException extends EngineException {
  private static final long serialVersionUID = 1L;

  LogFormatException(String file, long version, long versionKnown) {
    super(
        "%s has Raft log format %d; this release reads up to format %d"
            .formatted(file, version, versionKnown),
        false,
        null);
  }
}
