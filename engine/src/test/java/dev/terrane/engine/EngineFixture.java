package dev.terrane.engine;

import dev.terrane.engine.memory.MemoryDisk;
import dev.terrane.engine.memory.MemoryEngine;
import dev.terrane.engine.rocks.RocksEngine;
import dev.terrane.engine.rocks.RocksOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** One engine under test with the disk below it. */
interface EngineFixture extends AutoCloseable {
  KvEngine engine();

  /** A directory for files of the test's own. */
  Path files();

  /** {@link KvEngine#barrier}; called here, so that a power cut knows of it. */
  void barrier();

  /** {@link KvEngine#flush}; called here, so that a power cut knows of it. */
  void flush();

  /** {@link KvEngine#ingest}; called here, so that a power cut knows of it. */
  void ingest(ColumnFamily family, Path file);

  /** Closes the engine and opens it again: nothing may be lost. */
  void restart();

  /** Cuts the power and opens the engine on what is left. */
  void powerCut(RandomGenerator random);

  @Override
  void close();

  /** The engines that must keep the contract. */
  enum Kind {
    ROCKS {
      @Override
      EngineFixture start(Path directory) {
        return new Rocks(directory);
      }
    },
    MEMORY {
      @Override
      EngineFixture start(Path directory) {
        return new Memory(directory);
      }
    };

    abstract EngineFixture start(Path directory);
  }

  /** RocksDB, with memory enough that nothing is flushed unless a test asks for it. */
  final class Rocks implements EngineFixture {
    static final RocksOptions OPTIONS = RocksOptions.ofMemory(128L << 20);

    private final Path root;
    private final SyncedLogs synced = new SyncedLogs();
    private int lives;
    private Path directory;
    private RocksEngine engine;

    Rocks(Path root) {
      this.root = root;
      directory = root.resolve("db");
      engine = RocksEngine.open(directory, OPTIONS);
    }

    @Override
    public KvEngine engine() {
      return engine;
    }

    @Override
    public Path files() {
      return directoryFor(root);
    }

    @Override
    public void barrier() {
      engine.barrier();
      synced.everything(directory);
    }

    @Override
    public void flush() {
      engine.flush();
      synced.closedOnes(directory);
    }

    @Override
    public void ingest(ColumnFamily family, Path file) {
      engine.ingest(Map.of(family, List.of(file)));
      synced.closedOnes(directory); // it flushes first what the file overlaps
    }

    @Override
    public void restart() {
      engine.close();
      engine = RocksEngine.open(directory, OPTIONS);
    }

    @Override
    public void powerCut(RandomGenerator random) {
      Path image = root.resolve("image" + ++lives);
      CrashImage.take(directory, image);
      synced.loseTheRest(image, random);
      engine.close();
      directory = image;
      engine = RocksEngine.open(directory, OPTIONS);
      synced.everything(directory);
    }

    @Override
    public void close() {
      engine.close();
    }
  }

  /** The engine in memory. */
  final class Memory implements EngineFixture {
    private final Path root;
    private final MemoryDisk disk = new MemoryDisk();
    private MemoryEngine engine = MemoryEngine.open(disk);

    Memory(Path root) {
      this.root = root;
    }

    @Override
    public KvEngine engine() {
      return engine;
    }

    @Override
    public Path files() {
      return directoryFor(root);
    }

    @Override
    public void barrier() {
      engine.barrier();
    }

    @Override
    public void flush() {
      engine.flush();
    }

    @Override
    public void ingest(ColumnFamily family, Path file) {
      engine.ingest(Map.of(family, List.of(file)));
    }

    @Override
    public void restart() {
      engine.close();
      engine = MemoryEngine.open(disk);
    }

    @Override
    public void powerCut(RandomGenerator random) {
      disk.crash(random);
      engine = MemoryEngine.open(disk);
    }

    @Override
    public void close() {
      engine.close();
    }
  }

  private static Path directoryFor(Path root) {
    try {
      return Files.createDirectories(root.resolve("files"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
