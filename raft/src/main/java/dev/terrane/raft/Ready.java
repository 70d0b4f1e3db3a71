package dev.terrane.raft;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Work for the caller, in this order:
 *
 * <ol>
 *   <li>Send {@code messages} at once; a leader's appends are among them and travel while its own
 *       disk syncs.
 *   <li>If {@link #needsSync}: write {@code snapshot} (which replaces the log), {@code hardState}
 *       and {@code entries} (each replaces what the log has at its index and all that follows) in
 *       one batch after the batches of earlier Readies, sync it, send {@code afterPersist}, and
 *       call {@link RawNode#persisted} with {@code number}. Further Readies may be taken meanwhile.
 *       Otherwise these four are empty, and there is nothing to report.
 *   <li>Apply {@code committedEntries}, which are committed and durable here, in order; then call
 *       {@link RawNode#applied}. For a {@link EntryKind#CONF_CHANGE} that the application accepts,
 *       call {@link RawNode#applyConfChange} before.
 *   <li>Answer {@code reads} and serve {@code snapshotRequests} and {@code entriesRequests}.
 * </ol>
 *
 * <p>A {@code snapshot} is durable when {@code number} is reported persisted, and installed when
 * {@link RawNode#applied} is called with its index; no committed entry is handed out in between.
 *
 * @param number rises by one with each Ready
 * @param roundStarted the heartbeat round that {@code messages} begin, or 0; see {@link Lease}
 */
public record Ready(
    long number,
    @Nullable HardState hardState,
    List<Entry> entries,
    @Nullable Snapshot snapshot,
    List<Message> messages,
    List<Message> afterPersist,
    List<Entry> committedEntries,
    List<ReadOutcome> reads,
    List<SnapshotRequest> snapshotRequests,
    List<EntriesRequest> entriesRequests,
    long roundStarted,
    boolean needsSync) {
  public Ready {
    entries = List.copyOf(entries);
    messages = List.copyOf(messages);
    afterPersist = List.copyOf(afterPersist);
    committedEntries = List.copyOf(committedEntries);
    reads = List.copyOf(reads);
    snapshotRequests = List.copyOf(snapshotRequests);
    entriesRequests = List.copyOf(entriesRequests);
  }
}
