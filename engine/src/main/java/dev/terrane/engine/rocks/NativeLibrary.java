package dev.terrane.engine.rocks;

import dev.terrane.engine.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.RocksDB;

/**
 * RocksDB's native library, which RocksDB copies out of its jar (17 MB) to a temporary file before
 * loading it. By itself it leaves that file behind whenever a process ends without Java's clean-up,
 * as a killed or halted one does. Here it is deleted as soon as it is loaded: the process has it
 * mapped, and nobody needs its name.
 */
final class NativeLibrary {
  private static boolean loaded; // guarded by the class

  private NativeLibrary() {}

  /** Loads the library, once. Comes before any other use of RocksDB's classes. */
  static synchronized void load() {
    if (loaded) {
      return;
    }
    try {
      Path folder = Files.createTempDirectory("terrane-rocksdb-");
      try {
        NativeLibraryLoader.getInstance().loadLibrary(folder.toString());
      } finally {
        delete(folder);
      }
    } catch (IOException e) {
      throw new EngineException("could not load RocksDB's native library", false, e);
    }
    RocksDB.loadLibrary(); // finds it loaded
    loaded = true;
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      // Where a loaded library cannot be deleted, RocksDB's own clean-up at exit is left to it.
    }
  }
}
