package dev.terrane.store;

import java.nio.file.Path;
import java.util.List;

/**
 * The directory in which a store keeps received snapshots until they are installed. The store
 * itself touches no file system; whoever builds it brings this.
 *
 * <p>Waits for the disk. Thread-safe. Throws an unchecked exception when the disk fails.
 */
public interface SnapshotFiles {
  /** Where a file of this name is, or would be. */
  Path path(String name);

  /** The names of all files there. */
  List<String> names();

  /** Deletes a file, if it is there. */
  void delete(String name);

  /** Makes creations and deletions durable. */
  void sync();
}
