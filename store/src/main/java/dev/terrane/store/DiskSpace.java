package dev.terrane.store;

import org.jspecify.annotations.Nullable;

/**
 * Whether the store's disks have room, as its writers last found. Request threads ask it before
 * they admit a write.
 */
final class DiskSpace {
  private volatile @Nullable String logFull;
  private volatile @Nullable String engineFull;

  /** Why writes are refused now, or null. */
  @Nullable String fullReason() {
    String log = logFull;
    return log != null ? log : engineFull;
  }

  boolean isLogFull() {
    return logFull != null;
  }

  void logIsFull(@Nullable String message) {
    logFull = message == null ? "the Raft log has no room" : message;
  }

  void logHasRoom() {
    if (logFull != null) {
      logFull = null;
    }
  }

  void engineIsFull(@Nullable String message) {
    engineFull = message == null ? "the engine has no room" : message;
  }

  void engineHasRoom() {
    if (engineFull != null) {
      engineFull = null;
    }
  }
}
