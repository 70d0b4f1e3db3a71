package dev.terrane.server.node;

import org.jspecify.annotations.Nullable;

/** A node could not be started. The message is for the person who started it. */
public final class NodeStartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NodeStartException(String message) {
    this(message, null);
  }

  NodeStartException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
