package dev.terrane.raft;

/**
 * A peer needs entries that are no longer in this leader's log. The caller makes a snapshot of
 * {@code minIndex} or later after {@link RawNode#openingSnapshot}, gets its message from {@link
 * RawNode#sendSnapshot}, ships both, and reports the end by {@link RawNode#reportSnapshot}; it
 * reports also if it cannot make one.
 */
public record SnapshotRequest(long peerId, long minIndex) {}
