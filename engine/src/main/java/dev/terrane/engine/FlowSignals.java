package dev.terrane.engine;

/**
 * How far background work is behind, for admission: a store refuses work before the engine stalls.
 *
 * @param levelZeroFiles files that no compaction has sorted yet, in the family that has most
 * @param memtableBytes written data held in memory, all families
 * @param pendingCompactionBytes what compaction has yet to rewrite, in the family that has most
 * @param stall what the engine does to writers now
 * @param diskFreeBytes what this process may still write on the engine's disk
 */
public record FlowSignals(
    int levelZeroFiles,
    long memtableBytes,
    long pendingCompactionBytes,
    StallState stall,
    long diskFreeBytes) {}
