package dev.terrane.engine.rocks;

/**
 * How much memory and background work a {@link RocksEngine} may use.
 *
 * <p>{@code memoryBytes} is one budget: blocks, indexes, filters and memtables are all charged to
 * one cache of that size. Memtables push blocks out of it, never the other way round.
 *
 * @param memoryBytes for blocks and memtables together
 * @param memtableBytes the part of it that memtables of all families may take before the largest is
 *     flushed; at most half
 * @param backgroundJobs flushes and compactions at once
 * @param bottomCompression of the last level, where most data rests
 * @param openFilesMax tables that are kept open; a few more are while they are written or merged
 */
public record RocksOptions(
    long memoryBytes,
    long memtableBytes,
    int backgroundJobs,
    Compression bottomCompression,
    int openFilesMax) {
  /** Compression of the last level; all levels above it but the first two use LZ4. */
  public enum Compression {
    LZ4,
    /** About a third smaller than LZ4, for several times its CPU when it is written. */
    ZSTD
  }

  private static final long MEMORY_BYTES_MIN = 8L << 20;

  /** RocksDB takes no fewer. */
  static final int OPEN_FILES_MIN = 20;

  private static final int OPEN_FILES_DEFAULT = 1 << 12;

  public RocksOptions {
    if (memoryBytes < MEMORY_BYTES_MIN) {
      throw new IllegalArgumentException(
          "engine memory of " + memoryBytes + " bytes, needed are " + MEMORY_BYTES_MIN);
    }
    if (memtableBytes < MEMORY_BYTES_MIN / 4 || memtableBytes > memoryBytes / 2) {
      throw new IllegalArgumentException(
          "memtables of "
              + memtableBytes
              + " bytes, allowed are "
              + MEMORY_BYTES_MIN / 4
              + " to half of the "
              + memoryBytes
              + " bytes that the engine has");
    }
    if (backgroundJobs < 2) {
      throw new IllegalArgumentException(
          backgroundJobs
              + " background jobs, needed are 2: a flush must not wait for a compaction");
    }
    if (openFilesMax < OPEN_FILES_MIN) {
      throw new IllegalArgumentException(
          openFilesMax + " open files, needed are " + OPEN_FILES_MIN);
    }
  }

  /** For a node that is small or shares its machine: idle, it stays far below 100 MiB. */
  public static RocksOptions small() {
    return ofMemory(64L << 20);
  }

  /** For an engine that may use {@code memoryBytes}, three eighths of it for memtables. */
  public static RocksOptions ofMemory(long memoryBytes) {
    return new RocksOptions(
        memoryBytes, memoryBytes / 8 * 3, 2, Compression.LZ4, OPEN_FILES_DEFAULT);
  }

  /** The same with {@code jobs} background jobs. */
  public RocksOptions withBackgroundJobs(int jobs) {
    return new RocksOptions(memoryBytes, memtableBytes, jobs, bottomCompression, openFilesMax);
  }

  /** The same with {@code compression} at the last level. */
  public RocksOptions withBottomCompression(Compression compression) {
    return new RocksOptions(memoryBytes, memtableBytes, backgroundJobs, compression, openFilesMax);
  }

  /** The same with up to {@code files} tables kept open. */
  public RocksOptions withOpenFilesMax(int files) {
    return new RocksOptions(memoryBytes, memtableBytes, backgroundJobs, bottomCompression, files);
  }
}
