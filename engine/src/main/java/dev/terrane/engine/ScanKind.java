package dev.terrane.engine;

/** What a cursor is for, which decides how it treats the disk and the cache. */
public enum ScanKind {
  /** Serves a request: what it reads is likely to be read again and stays cached. */
  REQUEST,
  /** Passes once over much data, as a Region snapshot does: reads ahead, leaves the cache alone. */
  BULK
}
