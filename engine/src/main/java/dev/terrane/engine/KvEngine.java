package dev.terrane.engine;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Ordered storage of one store: four column families that change together.
 *
 * <p>What a crash leaves. After a crash of the process nothing is lost. After a power cut the
 * engine is at one earlier moment, the same for all column families, between two batches and no
 * older than the last {@link #barrier} that returned. Two things stay although batches written
 * before them may be gone: {@linkplain #ingest ingested files} and {@linkplain #deleteFilesInRange
 * file deletions}, each column family by itself. Whoever uses them calls {@link #barrier} first.
 *
 * <p>Every method may be called from any thread. {@link #close} waits for calls that are under way
 * and closes what is still open; later calls, also of snapshots and cursors, throw {@link
 * EngineClosedException}.
 */
public interface KvEngine extends KvReader, AutoCloseable {
  /**
   * Makes all changes of {@code batch} visible at once. They survive this process, but a power cut
   * only once a later {@link #barrier} has returned. The batch may be cleared and used again.
   *
   * <p>Waits while the engine has too much to flush and to compact, which may be seconds: for
   * threads that may wait.
   */
  void write(WriteBatch batch);

  /**
   * The same for a thread that may not wait.
   *
   * @throws EngineStalledException if it would have to
   */
  void writeNow(WriteBatch batch);

  /**
   * Makes everything written before this call durable. Waits for the disk: for I/O threads. Callers
   * that wait at the same time share a sync. After a failure the engine takes no more writes.
   */
  void barrier();

  /** The state at this moment, to be closed by the caller. */
  EngineSnapshot snapshot();

  // ---- estimates

  /** About how many bytes the keys of {@code range} take, compressed as they are stored. */
  long approximateSize(ColumnFamily family, KeyRange range);

  /** About how many bytes the data of {@code range} take in all families that hold data. */
  default long approximateSize(KeyRange range) {
    long bytes = 0;
    for (ColumnFamily family : ColumnFamily.DATA) {
      bytes += approximateSize(family, range);
    }
    return bytes;
  }

  /** About how many keys {@code range} has. */
  long approximateKeys(ColumnFamily family, KeyRange range);

  /**
   * A key of {@code range} that has about as much data before it as behind it, or null if the range
   * has fewer than two keys. Never the first key of the range.
   */
  @Nullable Bytes middleKey(ColumnFamily family, KeyRange range);

  // ---- files

  /** Starts a sorted file at {@code file}, which must not exist in a directory that does. */
  SstWriter sstWriter(ColumnFamily family, Path file);

  /**
   * Makes the content of {@code files} visible and durable, over what was there before. The files
   * of one family must not overlap. All of them are read and their checksums verified first; if one
   * fails, nothing is ingested. The files stay where they are.
   *
   * <p>Families are ingested one after the other: a crash in between leaves only some of them.
   */
  void ingest(Map<ColumnFamily, List<Path>> files);

  /**
   * Gives the space of {@code range} back fast, in all families that hold data, by dropping whole
   * files. Afterwards, also in snapshots and after a crash, <b>any</b> key of the range may be gone
   * or have an earlier value. Allowed only on ranges that no live peer owns and no snapshot of
   * interest covers; follow it with {@link WriteBatch#deleteRange} for what is left.
   */
  void deleteFilesInRange(KeyRange range);

  /** Writes everything that is in memory to sorted files, all families at one moment. */
  void flush();

  /** Rewrites the data of {@code range} so that deleted and overwritten data gives back space. */
  void compact(KeyRange range);

  // ---- signals

  /** Cheap enough for every scheduling round, too dear for every request. */
  FlowSignals flowSignals();

  EngineStatistics statistics();

  /** Waits for calls under way. Idempotent. Unsynced writes are kept: they outlive the process. */
  @Override
  void close();
}
