package dev.terrane.store;

import dev.terrane.common.Bytes;
import dev.terrane.engine.memory.SstStorage;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The snapshot directory of a store, in memory. Files are whole and durable once they are there.
 */
final class MemoryFiles implements SstStorage, SnapshotFiles {
  private final TreeMap<String, Bytes> contentByName = new TreeMap<>();

  @Override
  public boolean exists(Path file) {
    return contentByName.containsKey(file.toString());
  }

  @Override
  public void create(Path file, Bytes content) {
    contentByName.put(file.toString(), content);
  }

  @Override
  public Bytes read(Path file) throws IOException {
    Bytes content = contentByName.get(file.toString());
    if (content == null) {
      throw new FileNotFoundException(file.toString());
    }
    return content;
  }

  @Override
  public Path path(String name) {
    return Path.of(name);
  }

  @Override
  public List<String> names() {
    return List.copyOf(contentByName.keySet());
  }

  @Override
  public void delete(String name) {
    contentByName.remove(name);
  }

  @Override
  public void sync() {}

  /** Changes one bit of a file. */
  void flipBit(String name, int position) {
    byte[] bytes = Objects.requireNonNull(contentByName.get(name)).toByteArray();
    bytes[position] ^= 1;
    contentByName.put(name, Bytes.wrap(bytes));
  }
}
