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

  /** Changes one bit of a file that is there; false if there is none. */
  public boolean flipBit(RandomGenerator chance) {
    if (contentByName.isEmpty()) {
      return false;
    }
    String name = List.copyOf(contentByName.keySet()).get(chance.nextInt(contentByName.size()));
    Bytes content = contentByName.get(name);
    if (content == null || content.isEmpty()) {
      return false;
    }
    byte[] bytes = content.toByteArray();
    bytes[chance.nextInt(bytes.length)] ^= (byte) (1 << chance.nextInt(8));
    contentByName.put(name, Bytes.wrap(bytes));
    synced.computeIfPresent(name, (key, old) -> Bytes.wrap(bytes));
    return true;
  }

  @Override
  public boolean exists(Path file) {
    return contentByName.containsKey(file.toString());
  }

  @Override
  public void create(Path file, Bytes content) {
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
