package dev.terrane.engine;

/**
 * Counters and sizes for metrics. Counters grow from 0 at open; what an engine does not have is 0.
 *
 * @param blockCacheHits blocks found in memory
 * @param blockCacheMisses blocks that had to be read from the disk
 * @param blockCacheBytes what the block cache holds now
 * @param tableReaderBytes indexes and filters held outside the block cache now
 * @param memtableBytes written data held in memory now
 * @param sstBytes live sorted files on disk now
 * @param logBytesWritten written to the engine's own log
 * @param logSyncs syncs of that log
 * @param flushBytesWritten written by flushes
 * @param compactionBytesRead read by compactions
 * @param compactionBytesWritten written by compactions
 * @param stallMicros time that writers were held back
 * @param snapshots that are open now, each of which keeps what has been overwritten since
 */
public record EngineStatistics(
    long blockCacheHits,
    long blockCacheMisses,
    long blockCacheBytes,
    long tableReaderBytes,
    long memtableBytes,
    long sstBytes,
    long logBytesWritten,
    long logSyncs,
    long flushBytesWritten,
    long compactionBytesRead,
    long compactionBytesWritten,
    long stallMicros,
    long snapshots) {}
