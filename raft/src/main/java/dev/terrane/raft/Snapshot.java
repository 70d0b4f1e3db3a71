package dev.terrane.raft;

import dev.terrane.common.Bytes;

/**
 * A snapshot as consensus sees it. The application's data travels outside; {@code reference} is the
 * caller's and opaque here, and comes out of {@link Ready} at the receiver as it went in: a name of
 * received files, or the data itself where it is small.
 */
public record Snapshot(SnapshotMeta meta, Bytes reference) {}
