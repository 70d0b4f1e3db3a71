package dev.terrane.engine;

import dev.terrane.common.Bytes;

/** What memory alone says about a key. */
public sealed interface CachedRead {
  /** The key has this value. */
  record Found(Bytes value) implements CachedRead {}

  /** The key has no value. */
  record Absent() implements CachedRead {}

  /** Only a read that may wait for the disk can tell. */
  record NeedsDisk() implements CachedRead {}

  /** The one {@link Absent}. */
  Absent ABSENT = new Absent();

  /** The one {@link NeedsDisk}. */
  NeedsDisk NEEDS_DISK = new NeedsDisk();
}
