package dev.terrane.raft;

/**
 * Which prefix of the log a snapshot stands for: through {@code index}, an entry of {@code term}.
 */
public record SnapshotMeta(long index, long term, Membership membership) {}
