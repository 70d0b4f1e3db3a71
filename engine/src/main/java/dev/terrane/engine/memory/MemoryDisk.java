package dev.terrane.engine.memory;

import dev.terrane.common.KeyRange;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.EngineException;
import dev.terrane.engine.StallState;
import dev.terrane.engine.WriteBatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link MemoryEngine} is opened on, and what is left of it when it closes or crashes. One
 * engine at a time can be open on a disk.
 *
 * <p>Tests and simulations make it fail here: a power cut, a failing sync, a full disk, writers
 * held back, reads that memory cannot answer.
 *
 * <p>Thread-safe.
 */
public final class MemoryDisk {
  private static final int FILES_NOT_OPEN_EVERY = 4;

  private final SstStorage files;
  private final AtomicLong cachedReads = new AtomicLong();
  private History history = new History(MemoryState.EMPTY);
  private volatile MemoryState present = MemoryState.EMPTY;
  private @Nullable MemoryEngine engine;
  private @Nullable EngineException syncFailure;
  private boolean nextSyncFails;
  private volatile long freeBytes = Long.MAX_VALUE;
  private volatile StallState stall = StallState.NONE;
  private volatile int coldReadEvery;
  private volatile boolean descriptorsShort;
  private final AtomicLong filesOpened = new AtomicLong();

  /** A disk whose sorted files are in the machine's file system. */
  public MemoryDisk() {
    this(new MachineStorage());
  }

  /** A disk whose sorted files are in {@code files}. */
  public MemoryDisk(SstStorage files) {
    this.files = files;
  }

  // ---- faults

  /**
   * Cuts the power: closes the engine that is open and rolls ordinary writes back to a moment drawn
   * from {@code random}, the same for all column families and no older than the last barrier.
   * Ingested files and file deletions stay.
   */
  public synchronized void crash(RandomGenerator random) {
    MemoryState left = history.afterPowerCut(random);
    restart(left);
  }

  /**
   * Kills the process that has the engine open: closes it, nothing is lost. Everything that was
   * written is on the disk when the engine is opened again.
   */
  public synchronized void kill() {
    MemoryEngine open = engine;
    if (open != null) {
      open.closeAbruptly();
      engine = null;
    }
    syncFailure = null;
    nextSyncFails = false;
  }

  /** Somebody puts a copy of what {@code other} has in the place of what was here. */
  public void putBack(MemoryDisk other) {
    restart(other.present());
  }

  private synchronized void restart(MemoryState left) {
    kill();
    history = new History(left);
    present = left;
  }

  /** Lets the next barrier fail, and with it every later write of the engine that is open. */
  public synchronized void failNextSync() {
    nextSyncFails = true;
  }

  /** Lets the disk have {@code bytes} left; larger batches are refused, and can be retried. */
  public void setFreeBytes(long bytes) {
    freeBytes = bytes;
  }

  /** Lets the engine report that it holds writers back. */
  public void setStall(StallState state) {
    stall = state;
  }

  /**
   * Lets the process have hardly a descriptor left: of what may have to open a file, every fourth
   * finds none and can be retried, as an engine does that has most of its files open.
   */
  public void setDescriptorsShort(boolean areShort) {
    descriptorsShort = areShort;
  }

  /** Lets every {@code n}-th read that asks memory alone hear that it needs the disk; 0: none. */
  public void setColdReadEvery(int n) {
    coldReadEvery = n;
  }

  // ---- what the engine does

  synchronized void attach(MemoryEngine opened) {
    if (engine != null) {
      throw new EngineException("the memory disk is in use by another engine", false, null);
    }
    engine = opened;
  }

  synchronized void detach(MemoryEngine closed) {
    if (engine == closed) {
      kill();
    }
  }

  MemoryState present() {
    return present;
  }

  SstStorage files() {
    return files;
  }

  long freeBytes() {
    return freeBytes;
  }

  StallState stall() {
    return stall;
  }

  /** Something is to be done for which a file may have to be opened. */
  void mayOpenFile() {
    if (descriptorsShort && filesOpened.incrementAndGet() % FILES_NOT_OPEN_EVERY == 0) {
      throw new EngineException("too many open files", true, null);
    }
  }

  boolean nextReadIsCold() {
    int every = coldReadEvery;
    return every > 0 && cachedReads.incrementAndGet() % every == 0;
  }

  synchronized void write(MemoryEngine writer, WriteBatch batch) {
    checkWritable(writer);
    if (batch.isEmpty()) {
      return;
    }
    mayOpenFile();
    if (batch.bytes() > freeBytes) {
      throw new EngineException("no space for " + batch.bytes() + " bytes", true, null);
    }
    history.write(batch);
    present = history.present();
  }

  synchronized void barrier(MemoryEngine writer) {
    checkWritable(writer);
    if (nextSyncFails) {
      syncFailure = new EngineException("the sync failed", false, null);
      throw syncFailure;
    }
    history.barrier();
  }

  synchronized void ingest(MemoryEngine writer, Map<ColumnFamily, List<Path>> paths) {
    checkWritable(writer);
    if (descriptorsShort) {
      throw new EngineException("too many open files", true, null);
    }
    Map<ColumnFamily, List<MemorySst>> verified = new EnumMap<>(ColumnFamily.class);
    for (ColumnFamily family : ColumnFamily.ALL) {
      List<MemorySst> ofFamily = new ArrayList<>();
      for (Path path : paths.getOrDefault(family, List.of())) {
        ofFamily.add(MemorySst.read(files, path));
      }
      verified.put(family, ofFamily);
    }
    history.changeForGood(state -> {
      MemoryState changed = state;
      for (Map.Entry<ColumnFamily, List<MemorySst>> entry : verified.entrySet()) {
        SortedTree tree = changed.of(entry.getKey());
        for (MemorySst sst : entry.getValue()) {
          tree = sst.over(tree);
        }
        changed = changed.with(entry.getKey(), tree);
      }
      return changed;
    });
    present = history.present();
  }

  /** Answers what was done, for the snapshots that are open. */
  synchronized DroppedFiles dropFiles(MemoryEngine writer, KeyRange range) {
    checkWritable(writer);
    DroppedFiles dropped = new DroppedFiles(range, history.oldest());
    history.changeForGood(dropped);
    present = history.present();
    return dropped;
  }

  /** An engine that a crash has closed must not write to the disk of its successor. */
  private void checkWritable(MemoryEngine writer) {
    writer.checkOpen();
    if (syncFailure != null) {
      throw new EngineException(
          "an earlier sync failed, nothing more is written", false, syncFailure);
    }
  }
}
