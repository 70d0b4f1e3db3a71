package dev.terrane.engine.memory;

import dev.terrane.common.Bytes;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Where the memory engine keeps the sorted files that its {@link dev.terrane.engine.SstWriter}
 * makes; the machine's file system unless a simulation has one of its own. Thread-safe.
 */
public interface SstStorage {
  boolean exists(Path file);

  /** Creates {@code file} with {@code content}, durably. */
  void create(Path file, Bytes content) throws IOException;

  Bytes read(Path file) throws IOException;
}
