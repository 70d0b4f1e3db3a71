package dev.terrane.engine.log;

import java.io.IOException;
import java.util.List;

/**
 * The one flat directory in which a Raft log keeps its files: all that the log knows of a disk, so
 * that tests and the simulator can put one of their own under it.
 *
 * <p>Creations, renamings and deletions survive a power cut only once {@link #sync} has returned;
 * before that any of them, in their order, may be lost. Used by the log writer's thread only.
 */
public interface LogDirectory extends AutoCloseable {
  /** The names of all files, in any order. */
  List<String> list() throws IOException;

  /** Creates an empty file; fails if there is one of that name. */
  LogFile create(String name) throws IOException;

  /** Opens an existing file for reading and writing. */
  LogFile open(String name) throws IOException;

  /** Gives a file another name, which must be free. Files that are open stay usable. */
  void rename(String name, String newName) throws IOException;

  /** Deletes a file, which may still be open and then stays readable until it is closed. */
  void delete(String name) throws IOException;

  /** Makes all changes of names durable. */
  void sync() throws IOException;

  /** Gives the directory back to other processes. Files must be closed before. */
  @Override
  void close() throws IOException;
}
