package dev.terrane.engine.log;

/**
 * What the log did since it was opened, and how large it is; for metrics.
 *
 * @param bytesWritten appended to segments, upkeep included
 * @param bytesRewritten the part of {@code bytesWritten} that upkeep moved
 * @param syncs of segment data; the sync latency's mean is {@code syncNanos / syncs}
 * @param cacheHits entries that {@code entries} found in memory
 * @param cacheMisses entries that it read from files
 * @param cacheBytes held by the cache now
 * @param segments files that hold or can hold data now, without those prepared ahead
 * @param totalBytes their size
 * @param liveBytes what rewriting all that is still needed would take at most
 * @param deadBytes written bytes that are no longer needed
 * @param entries held, of all Regions together; each takes about 20 bytes of heap
 */
public record LogFigures(
    long bytesWritten,
    long bytesRewritten,
    long syncs,
    long syncNanos,
    long syncNanosMax,
    long cacheHits,
    long cacheMisses,
    long cacheBytes,
    int segments,
    long totalBytes,
    long liveBytes,
    long deadBytes,
    long entries) {}
