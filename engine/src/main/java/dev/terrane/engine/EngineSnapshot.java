package dev.terrane.engine;

/**
 * The state of all column families at one moment. Reading it takes no part of the engine's memory
 * except what has been overwritten since; that stays until {@link #close}.
 *
 * <p>{@link KvEngine#deleteFilesInRange} takes data away from snapshots too.
 */
public interface EngineSnapshot extends KvReader, AutoCloseable {
  /** Idempotent. Cursors opened from this snapshot stay usable. */
  @Override
  void close();
}
