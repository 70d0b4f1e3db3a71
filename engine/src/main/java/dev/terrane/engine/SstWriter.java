package dev.terrane.engine;

import dev.terrane.common.Bytes;
import java.nio.file.Path;

/**
 * Writes one sorted file of one column family, for {@link KvEngine#ingest} here or on another
 * store. Only an engine of the same kind can read it.
 *
 * <p>Confined to one thread at a time. Closing before {@link #finish} removes the file.
 */
public interface SstWriter extends AutoCloseable {
  /** Adds a key, which must be greater than the one before. */
  void put(Bytes key, Bytes value);

  /** Adds the absence of a key, which must be greater than the one before. */
  void delete(Bytes key);

  /** How many keys were added. */
  long count();

  /** How many bytes the file has so far. */
  long fileBytes();

  /**
   * Completes the file and syncs its bytes; syncing its directory is the caller's part. At least
   * one key must have been added.
   */
  Path finish();

  /** Idempotent. */
  @Override
  void close();
}
