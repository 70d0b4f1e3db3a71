package dev.terrane.server.config;

import org.jspecify.annotations.Nullable;

/** A configuration that no node can be started with. The message is for the person who wrote it. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ConfigException(String message) {
    this(message, null);
  }

  public ConfigException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
