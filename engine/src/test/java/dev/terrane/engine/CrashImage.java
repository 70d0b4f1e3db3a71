package dev.terrane.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A copy of a live RocksDB directory as it is at one moment. Sorted files, which never change once
 * they are in use, are hard links; all others are copied.
 */
final class CrashImage {
  private CrashImage() {}

  /** Copies {@code live} to {@code image}; done again if a compaction moves files meanwhile. */
  static void take(Path live, Path image) {
    try {
      while (true) {
        try {
          Map<String, Long> before = sizes(live);
          copy(live, image, before);
          if (before.equals(sizes(live))) {
            return;
          }
        } catch (NoSuchFileException removedMeanwhile) {
          // as if it had changed
        }
        delete(image);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, Long> sizes(Path directory) throws IOException {
    Map<String, Long> sizes = new TreeMap<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (Files.isRegularFile(file) && !name.startsWith("LOG") && !name.equals("LOCK")) {
          sizes.put(name, Files.size(file));
        }
      }
    }
    return sizes;
  }

  private static void copy(Path live, Path image, Map<String, Long> files) throws IOException {
    Files.createDirectories(image);
    for (String name : files.keySet()) {
      if (name.endsWith(".sst")) {
        Files.createLink(image.resolve(name), live.resolve(name));
      } else {
        Files.copy(live.resolve(name), image.resolve(name));
      }
    }
  }

  private static void delete(Path image) throws IOException {
    if (!Files.exists(image)) {
      return;
    }
    try (Stream<Path> files = Files.list(image)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }
}
