package dev.terrane.raft;

/**
 * A leader wants entries for a peer that only the disk has. The caller reads them where it may wait
 * ({@link LogStorage#entries}, from {@code from}, before {@code before}, of {@code bytesMax}) and
 * reports by {@link RawNode#entriesRead}, exactly once. The log may be compacted meanwhile.
 *
 * @param term of the leader that asks: in it, what it has at these indexes stays the same
 */
public record EntriesRequest(long term, long from, long before, long bytesMax) {}
