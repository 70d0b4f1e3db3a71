package dev.terrane.pd.store;

/** What can be expected of a store. */
public enum StoreCondition {
  /** Wanted, and heard from lately. */
  UP,
  /** Wanted, silent for a short while. Keeps its replicas and gets no new ones. */
  DISCONNECTED,
  /** Wanted, silent for longer than the rules allow: its replicas are rebuilt elsewhere. */
  DOWN,
  /** To be removed: its replicas are moved away. */
  OFFLINE,
  /** Removed. */
  TOMBSTONE;

  /** Whether replicas there are given up. */
  public boolean isLost() {
    return this == DOWN || this == OFFLINE || this == TOMBSTONE;
  }
}
