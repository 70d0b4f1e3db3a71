package dev.terrane.engine.log;

import org.jspecify.annotations.Nullable;

/**
 * What opening the log found.
 *
 * @param segments the segment files that were read
 * @param batches the whole batches in them
 * @param cutFile the file whose tail held a batch that was not completely written when the process
 *     or the machine stopped, and was cut; null if there was none
 * @param cutOffset where the tail was cut; 0 if it was not
 */
public record LogRecovery(int segments, long batches, @Nullable String cutFile, long cutOffset) {}
