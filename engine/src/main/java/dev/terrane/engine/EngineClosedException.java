package dev.terrane.engine;

/** The engine, snapshot or cursor was closed before or during the call. */
public final class EngineClosedException extends EngineException {
  private static final long serialVersionUID = 1L;

  public EngineClosedException(String what) {
    super(what + " is closed", false, null);
  }
}
