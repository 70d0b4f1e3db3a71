package dev.terrane.engine.log.memory;

/** What is asked of a disk. */
public enum DiskCall {
  CREATE,
  OPEN,
  RENAME,
  DELETE,
  SYNC_DIRECTORY,
  READ,
  WRITE,
  SYNC
}
