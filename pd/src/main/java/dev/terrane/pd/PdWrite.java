package dev.terrane.pd;

import dev.terrane.common.Bytes;
import dev.terrane.raft.Entry;
import dev.terrane.raft.HardState;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Changes of a member's durable memory that hold together or not at all, in this order.
 *
 * @param reset the whole log is replaced by this base: a snapshot was received
 * @param entries appended; each replaces what the log has at its index and all that follows
 * @param hardState null: unchanged
 * @param state the encoded state, which takes the last one's place; null: unchanged
 * @param regions chunks of the cache of Regions by their numbers, each of which takes its last
 *     form's place; an empty one is removed
 * @param releaseThrough entries up to this index are let go; 0: none
 */
public record PdWrite(
    @Nullable LogBase reset,
    List<Entry> entries,
    @Nullable HardState hardState,
    @Nullable Bytes state,
    Map<Long, Bytes> regions,
    long releaseThrough) {
  public PdWrite {
    entries = List.copyOf(entries);
    regions = Collections.unmodifiableMap(new LinkedHashMap<>(regions));
  }

  /** What a log begins behind. */
  public record LogBase(long index, long term) {}
}
