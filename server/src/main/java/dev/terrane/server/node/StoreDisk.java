package dev.terrane.server.node;

import dev.terrane.common.TimeSource;
import dev.terrane.engine.EngineException;
import dev.terrane.engine.KvEngine;
import dev.terrane.engine.log.FileLogDirectory;
import dev.terrane.engine.log.LogFullException;
import dev.terrane.engine.log.RaftLogEngine;
import dev.terrane.engine.log.RaftLogOptions;
import dev.terrane.engine.log.UnopenedLog;
import dev.terrane.engine.rocks.RocksEngine;
import dev.terrane.engine.rocks.RocksOptions;
import dev.terrane.server.config.ConfigException;
import dev.terrane.server.config.DescriptorBudget;
import dev.terrane.server.config.MemoryBudget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The two engines' directories of a node's store, looked at before anything of the node is opened:
 * a start that is refused leaves the disk as it was, whatever is missing on it.
 */
final class StoreDisk implements AutoCloseable {
  private static final int LOG_SEGMENT_BYTES = 16 << 20;

  private final DataDirectory directory;
  private final RocksOptions engineOptions;
  private final RaftLogOptions logOptions;

  /** What was read of the log, until it is opened; null where there is none. */
  private @Nullable UnopenedLog log;

  private StoreDisk(
      DataDirectory directory, RocksOptions engineOptions, RaftLogOptions logOptions) {
    this.directory = directory;
    this.engineOptions = engineOptions;
    this.logOptions = logOptions;
  }

  /**
   * Looks, and changes nothing.
   *
   * @param logBudgetBytes above which the log gives its oldest files back, if it may have as many
   *     open
   * @throws ConfigException if what the directory is known to hold is not there
   * @throws dev.terrane.engine.EngineException if a part is damaged or incomplete
   */
  static StoreDisk look(
      DataDirectory directory,
      MemoryBudget memory,
      DescriptorBudget descriptors,
      long logBudgetBytes) {
    StoreDisk disk =
        new StoreDisk(
            directory,
            RocksOptions.ofMemory(memory.engineBytes()).withOpenFilesMax(descriptors.engineFiles()),
            logOptions(memory, descriptors, logBudgetBytes));
    boolean hasEngine = RocksEngine.isThere(directory.kv());
    if (Files.isDirectory(directory.raft())) {
      disk.log = UnopenedLog.read(FileLogDirectory.open(directory.raft()), disk.logOptions);
    }
    try {
      disk.check(hasEngine);
      return disk;
    } catch (RuntimeException e) {
      disk.close();
      throw e;
    }
  }

  private void check(boolean hasEngine) {
    UnopenedLog read = log;
    boolean hasLog = read != null && !read.isBlank();
    if (!hasEngine && (directory.storeJoined() || (read != null && read.hasRegions()))) {
      throw missing(directory.kv());
    }
    if (!hasLog && directory.storeJoined()) {
      throw missing(directory.raft());
    }
  }

  private static ConfigException missing(Path part) {
    return new ConfigException(
        part
            + " is missing or empty, but the store of this node has data; put it back, or give the"
            + " node an empty data directory to start a new store");
  }

  /** Above which the log gives its oldest files back. */
  long logBudgetBytes() {
    return logOptions.totalBytesTarget();
  }

  /** What the engine may hold in memory before it writes it to tables. */
  long memtableBytes() {
    return engineOptions.memtableBytes();
  }

  private static RaftLogOptions logOptions(
      MemoryBudget memory, DescriptorBudget descriptors, long logBudgetBytes) {
    RaftLogOptions usual = RaftLogOptions.DEFAULT;
    return new RaftLogOptions(
        LOG_SEGMENT_BYTES,
        Math.min(logBudgetBytes, (long) descriptors.logSegments() * LOG_SEGMENT_BYTES),
        memory.logCacheBytes(),
        usual.mergedBytesMax(),
        usual.upkeepBytesMax());
  }

  KvEngine openEngine() throws IOException {
    try {
      return RocksEngine.open(directory.kv(), engineOptions);
    } catch (EngineException e) {
      if (e.retryable()) {
        throw noRoom(e);
      }
      throw e;
    }
  }

  /** Only an operator can help. */
  private IOException noRoom(EngineException failure) {
    return new IOException(
        "there is no room on the disk of %s to start with; free %d MiB there and start again: %s"
            .formatted(directory.path(), engineOptions.memtableBytes() >> 20, failure.getMessage()),
        failure);
  }

  RaftLogEngine openLog(TimeSource time, RandomGenerator random) throws IOException {
    UnopenedLog read = log;
    log = null;
    if (read == null) {
      read = UnopenedLog.read(FileLogDirectory.open(directory.raft()), logOptions);
    }
    try {
      return read.open(time, random);
    } catch (LogFullException e) {
      throw noRoom(e);
    }
  }

  /** Lets go of what was looked at and not opened. */
  @Override
  public void close() {
    UnopenedLog read = log;
    log = null;
    if (read != null) {
      read.close();
    }
  }
}
