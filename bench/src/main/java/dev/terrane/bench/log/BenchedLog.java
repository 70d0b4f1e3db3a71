package dev.terrane.bench.log;

import dev.terrane.common.Bytes;

/** The part of a Raft log that the benchmark drives. */
interface BenchedLog extends AutoCloseable {
  /** Adds an entry of term 1 to the batch that {@link #commit} will write. */
  void append(long regionId, long index, Bytes data);

  /** Adds the release of a Region's entries up to and including {@code index}. */
  void release(long regionId, long index);

  /** Writes the batch and syncs it. */
  void commit();

  /** The bytes that the files take now. */
  long fileBytes();

  @Override
  void close();
}
