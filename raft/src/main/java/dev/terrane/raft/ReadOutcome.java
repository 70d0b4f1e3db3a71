package dev.terrane.raft;

/** What became of a {@link RawNode#readIndex}. */
public sealed interface ReadOutcome {
  long requestId();

  /** The read sees every write answered before it once {@code index} is applied here. */
  record Confirmed(long requestId, long index) implements ReadOutcome {}

  /** The leader changed or did not answer in time. The read may be asked again. */
  record Aborted(long requestId) implements ReadOutcome {}
}
