package dev.terrane.engine.log;

import static dev.terrane.common.Invariant.check;

import dev.terrane.common.Bytes;
import dev.terrane.raft.Entry;
import dev.terrane.raft.HardState;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes of many Regions that become durable together or not at all. They take effect in the order
 * in which they were added.
 *
 * <p>At most {@link #BYTES_MAX} large; whoever fills it asks {@link #bytes} and starts another one
 * in time. Built by one thread, then handed to the log writer and not touched again.
 */
public final class LogBatch {
  /** The most that one batch may take, encoded. */
  public static final int BYTES_MAX = 128 << 20;

  /** The longest key of a named record. */
  public static final int RECORD_KEY_BYTES_MAX = 4 << 10;

  /** The longest value of a named record. All of them are kept in memory. */
  public static final int RECORD_VALUE_BYTES_MAX = 4 << 20;

  private final List<LogOp> ops = new ArrayList<>();
  private long bytes;

  /** Receives what a batch says of Raft groups, in order; named records are left out. */
  public interface Visitor {
    void append(long regionId, List<Entry> entries);

    void hardState(long regionId, HardState state);

    void release(long regionId, long index);

    void reset(long regionId, long index, long term);

    void destroy(long regionId, Tombstone tombstone);
  }

  /**
   * Appends {@code entries} to the Region's log. They are consecutive, the first is at most one
   * behind the last held and not at or before the base; entries held at their indexes and behind
   * are replaced.
   */
  public LogBatch append(long regionId, List<Entry> entries) {
    if (entries.isEmpty()) {
      return this;
    }
    long next = entries.getFirst().index();
    for (Entry entry : entries) {
      check(
          entry.index() == next,
          "entry %d where %d follows, region %d",
          entry.index(),
          next,
          regionId);
      next++;
    }
    return add(new LogOp.Append(regionId, List.copyOf(entries)));
  }

  /** Replaces the Region's hard state. Its term never goes back, unless the peer is destroyed. */
  public LogBatch hardState(long regionId, HardState state) {
    return add(new LogOp.SetHardState(regionId, state));
  }

  /**
   * Lets go of the Region's entries up to and including {@code index}, which must have been
   * readable when this batch is written. An index at or before the base changes nothing.
   */
  public LogBatch release(long regionId, long index) {
    return add(new LogOp.Release(regionId, index));
  }

  /** Replaces the Region's whole log by a snapshot that covers it through {@code index}. */
  public LogBatch reset(long regionId, long index, long term) {
    return add(new LogOp.Reset(regionId, index, term));
  }

  /**
   * Removes the Region's log and hard state, including what this batch said of it before, and
   * leaves {@code tombstone}. What is added for the Region afterwards starts blank.
   */
  public LogBatch destroy(long regionId, Tombstone tombstone) {
    return add(new LogOp.Destroy(regionId, tombstone));
  }

  /** Removes the Region's tombstone, once no message to the destroyed peer can arrive any more. */
  public LogBatch forgetTombstone(long regionId) {
    return add(new LogOp.ForgetTombstone(regionId));
  }

  /** Sets a named record. */
  public LogBatch put(Bytes key, Bytes value) {
    check(key.length() <= RECORD_KEY_BYTES_MAX, "record key of %d bytes", key.length());
    check(value.length() <= RECORD_VALUE_BYTES_MAX, "record value of %d bytes", value.length());
    return add(new LogOp.PutRecord(key, value));
  }

  /** Removes a named record, if it is there. */
  public LogBatch delete(Bytes key) {
    check(key.length() <= RECORD_KEY_BYTES_MAX, "record key of %d bytes", key.length());
    return add(new LogOp.DeleteRecord(key));
  }

  public boolean isEmpty() {
    return ops.isEmpty();
  }

  /** How much the batch takes in the log. */
  public long bytes() {
    return bytes;
  }

  /** Shows what concerns Raft groups to {@code visitor}, in order. */
  public void forEach(Visitor visitor) {
    for (LogOp op : ops) {
      switch (op) {
        case LogOp.Append append -> visitor.append(append.regionId(), append.entries());
        case LogOp.SetHardState set -> visitor.hardState(set.regionId(), set.state());
        case LogOp.Release release -> visitor.release(release.regionId(), release.index());
        case LogOp.Base base -> visitor.release(base.regionId(), base.index());
        case LogOp.Reset reset -> visitor.reset(reset.regionId(), reset.index(), reset.term());
        case LogOp.Destroy destroy -> visitor.destroy(destroy.regionId(), destroy.tombstone());
        case LogOp.Rewrite _,
            LogOp.KeepTombstone _,
            LogOp.ForgetTombstone _,
            LogOp.PutRecord _,
            LogOp.DeleteRecord _ -> {}
      }
    }
  }

  List<LogOp> ops() {
    return ops;
  }

  private LogBatch add(LogOp op) {
    bytes += LogFormat.encodedBytes(op);
    check(bytes <= BYTES_MAX, "log batch of %d bytes", bytes);
    ops.add(op);
    return this;
  }
}
