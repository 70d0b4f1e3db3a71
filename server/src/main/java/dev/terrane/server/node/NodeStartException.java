package dev.terrane.server.node;

import org.jspecify.annotations.Nullable;

/** A node could not be started. The message is for the person who started it. */
public sealed class NodeStartException extends RuntimeException
    permits NodeStartException.NoAnswer {
  private static final long serialVersionUID = 1L;

  NodeStartException(String message) {
    this(message, null);
  }

  NodeStartException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** PD gave no answer, or none that helps, for as long as the node was to wait. */
  public static final class NoAnswer extends NodeStartException {
    private static final long serialVersionUID = 1L;

    NoAnswer(String message) {
      super(message);
    }
  }
}
