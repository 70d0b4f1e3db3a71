package dev.terrane.sim.world;

import dev.terrane.common.Bytes;
import dev.terrane.engine.memory.SstStorage;
import dev.terrane.store.SnapshotFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The snapshot directory of a machine. What is in a file is durable when it is created; that there
 * is such a file only after the next {@link #sync}.
 */
public final class SimFiles implements SstStorage, SnapshotFiles {
  private final MachineDisk disk;
  private final TreeMap<String, Bytes> contentByName = new TreeMap<>();
  private final TreeMap<String, Bytes> synced = new TreeMap<>();
  private final List<NameChange> unsynced = new ArrayList<>();

  /** A creation, or a deletion where there is no content. */
  private record NameChange(String name, @Nullable Bytes content) {}

  SimFiles(MachineDisk disk) {
    this.disk = disk;
  }

  private void change(NameChange change) {
    apply(contentByName, change);
    unsynced.add(change);
  }

  private static void apply(Map<String, Bytes> files, NameChange change) {
    Bytes content = change.content();
    if (content == null) {
      files.remove(change.name);
    } else {
      files.put(change.name, content);
    }
  }

  void losePower(RandomGenerator chance) {
    for (NameChange change : unsynced.subList(0, chance.nextInt(unsynced.size() + 1))) {
      apply(synced, change);
    }
    unsynced.clear();
    contentByName.clear();
    contentByName.putAll(synced);
  }

  /** Somebody puts a copy of {@code files} in the place of what was here. */
  void putBack(Map<String, Bytes> files) {
    unsynced.clear();
    synced.clear();
    synced.putAll(files);
    contentByName.clear();
    contentByName.putAll(files);
  }

  Map<String, Bytes> copy() {
    return new TreeMap<>(contentByName);
  }

  /** Changes one bit of a file that is durable, and tells which; null if there is none. */
  @Nullable String flipBit(RandomGenerator chance) {
    List<String> names = synced.keySet().stream().filter(contentByName::containsKey).toList();
    if (names.isEmpty()) {
      return null;
    }
    String name = names.get(chance.nextInt(names.size()));
    byte[] bytes = synced.getOrDefault(name, Bytes.EMPTY).toByteArray();
    if (bytes.length == 0) {
      return null;
    }
    bytes[chance.nextInt(bytes.length)] ^= (byte) (1 << chance.nextInt(8));
    contentByName.put(name, Bytes.wrap(bytes));
    synced.put(name, Bytes.wrap(bytes));
    return name;
  }

  @Override
  public boolean exists(Path file) {
    return contentByName.containsKey(file.toString());
  }

  @Override
  public void create(Path file, Bytes content) throws IOException {
    disk.mayOpen(file.toString());
    disk.mayDie("creating " + file);
    change(new NameChange(file.toString(), content));
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
    disk.mayDie("deleting " + name);
    change(new NameChange(name, null));
  }

  @Override
  public void sync() {
    disk.mayDie("syncing the snapshot directory");
    unsynced.forEach(change -> apply(synced, change));
    unsynced.clear();
  }
}
