package dev.terrane.raft;

/**
 * Entries are needed that only the disk has. The caller reads them where it may wait ({@link
 * LogStorage#entries}, from {@code from}, before {@code before}, of {@code bytesMax}) and reports
 * by {@link RawNode#entriesRead}, exactly once. The log may be compacted meanwhile.
 *
 * @param term of the leader that asks for a peer: in it, what it has at these indexes stays the
 *     same; 0 for what is committed, which never changes
 */
public record EntriesRequest(Use use, long term, long from, long before, long bytesMax) {
  /** What they are needed for. */
  public enum Use {
    /** A leader sends them to a peer that is behind. */
    REPLICATE,
    /** They are committed, and to be handed out here. */
    APPLY
  }
}
