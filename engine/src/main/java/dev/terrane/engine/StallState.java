package dev.terrane.engine;

/** Whether the engine holds writers back because flushes or compactions cannot keep up. */
public enum StallState {
  NONE,
  /** Writes are slowed. */
  DELAYED,
  /** Writes wait until background work has caught up. */
  STOPPED
}
