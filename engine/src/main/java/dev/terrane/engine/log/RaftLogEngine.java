package dev.terrane.engine.log;

import dev.terrane.common.Bytes;
import dev.terrane.raft.Entry;
import dev.terrane.raft.HardState;
import dev.terrane.raft.LogRead;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * The durable memory of all Raft peers of a store: per Region a log, a hard state and a tombstone;
 * beside them a few named records of the store itself. One write serves many Regions with one
 * append and one sync.
 *
 * <p>The log of a Region begins behind its <em>base</em>, the index and term of the last entry that
 * was released or covered by an installed snapshot: {@code firstIndex} is the base's index + 1, and
 * {@link #term} still knows the base's term. A Region of which nothing is held has the base {@code
 * (0, 0)}, {@code firstIndex} 1 and {@code lastIndex} 0. An index equals the base in an empty log.
 *
 * <p>Visibility: a batch becomes readable after it is durable and before {@link #write} returns.
 * What it says about one Region appears at once; different Regions may appear one after the other.
 * Until then the peer itself keeps what it has submitted.
 *
 * <p>Threads: {@link #write}, {@link #upkeep} and {@link #close} belong to one thread, the log
 * writer's, and wait for the disk; an interrupt of it counts as a failure of the disk. All other
 * methods may be called from any thread at any time; only {@link #entries} and {@link
 * #entriesIfHeld} may read the disk, where the cache does not have what they want.
 *
 * <p>After a crash each batch is there as a whole or not at all, and all batches whose write
 * returned are there, in order. After a failed write or sync nothing is known about the disk: every
 * later call of the writer throws {@link LogFailedException}, and the store must stop.
 */
public interface RaftLogEngine extends AutoCloseable {
  /**
   * Makes {@code batches} durable and then readable, in their order and with one sync where they
   * fit together, which is up to {@link RaftLogOptions#mergedBytesMax}. Each batch is atomic.
   *
   * @throws LogFullException the disk has no room for another segment. The batches before {@code
   *     LogFullException.written} are durable; of the others releases may be, which make room, and
   *     nothing else. The same call may succeed later
   * @throws LogFailedException the disk failed now or earlier
   */
  void write(List<LogBatch> batches);

  /** {@link #write(List)} of one batch. */
  default void write(LogBatch batch) {
    write(List.of(batch));
  }

  /**
   * One bounded step of housekeeping: prepare the next segment ahead of its use, move what is still
   * live out of the oldest segment, let go of a dead one. Takes about as long as a write. For the
   * writer's idle moments; under steady load, one step for each {@link
   * RaftLogOptions#upkeepBytesMax} written keeps the log within its bounds.
   *
   * @return whether there is more to do
   * @throws LogFullException there is no room to prepare a segment. Half of one is left: time to
   *     stop taking writes, to release, and to go on with upkeep
   * @throws LogCorruptException live data in the oldest segment cannot be read
   */
  boolean upkeep();

  // ---- reads

  /** The index of the first entry held, or would be held if the log is empty. */
  long firstIndex(long regionId);

  /** The index of the last entry, or the base's if the log is empty. */
  long lastIndex(long regionId);

  /** The term of entry {@code index}, or 0 if it is before the base or after the last. */
  long term(long regionId, long index);

  /**
   * The entries from {@code startIndex} up to before {@code endIndex}: as many as are together at
   * most {@code bytesMax} by {@link Entry#sizeBytes}, but at least one.
   *
   * @param startIndex at most {@link #lastIndex} and less than {@code endIndex}
   * @param endIndex at most {@code lastIndex + 1}
   * @throws LogCorruptException an entry's bytes are not what was written
   * @throws LogFailedException a file cannot be read
   */
  LogRead entries(long regionId, long startIndex, long endIndex, long bytesMax);

  /** The same from memory: null if the first of them is on disk only. */
  @Nullable LogRead entriesInMemory(long regionId, long startIndex, long endIndex, long bytesMax);

  /**
   * The same for one who reads later than he asked: {@link LogRead.Compacted} also if the Region's
   * log is gone, or another's that ends before {@code endIndex}.
   */
  LogRead entriesIfHeld(long regionId, long startIndex, long endIndex, long bytesMax);

  /** The bytes of all entries held of the Region together, by {@link Entry#sizeBytes}. */
  long heldBytes(long regionId);

  /**
   * The last index that may be released so that at least {@code keepBytes} of entries are left; the
   * base's if there are no more. Looks at what would go, entry by entry: not for a loop.
   */
  long releasePoint(long regionId, long keepBytes);

  /**
   * Which Regions hold the oldest segments, ascending: what would have to be released for {@code
   * bytes} of files to be given back and {@code entries} entries not to be held any more, as far as
   * the newest segment is not touched. Looks at every entry: not for a loop.
   */
  List<LogHolder> holdersOfOldest(long bytes, long entries);

  /** What was last written for the Region, or null if nothing was, or it was destroyed. */
  @Nullable HardState hardState(long regionId);

  /** The Regions of which a hard state, a base or entries are held, ascending. */
  List<Long> regions();

  /** The tombstone that the last destruction of a peer of this Region left, or null. */
  @Nullable Tombstone tombstone(long regionId);

  /** All tombstones by Region id. */
  SortedMap<Long, Tombstone> tombstones();

  /** The value of a named record, or null. */
  @Nullable Bytes record(Bytes key);

  /** The named records whose keys begin with {@code prefix}, in the order of their keys. */
  SortedMap<Bytes, Bytes> records(Bytes prefix);

  // ---- what it did

  /** What was found and what was cut when the log was opened. */
  LogRecovery recovery();

  LogFigures figures();

  /** Closes all files. Everything written is durable already. Idempotent. */
  @Override
  void close();
}
