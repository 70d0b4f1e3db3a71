package dev.terrane.engine.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A directory of the file system. A lock file keeps other processes out; the system lets go of it
 * when the process ends, however it ends.
 */
public final class FileLogDirectory implements LogDirectory {
  private static final String LOCK_NAME = "LOCK";

  private final Path path;
  private final FileChannel lock;

  /** Kept open: a sync must not fail because the process has no descriptor left. */
  private final FileChannel names;

  private FileLogDirectory(Path path, FileChannel lock, FileChannel names) {
    this.path = path;
    this.lock = lock;
    this.names = names;
  }

  /**
   * Opens {@code path}, which is created if it is not there.
   *
   * @throws LogFailedException it cannot be opened, or another process has it open
   */
  public static FileLogDirectory open(Path path) {
    try {
      createDurably(path.toAbsolutePath());
      FileChannel channel =
          FileChannel.open(
              path.resolve(LOCK_NAME), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        if (tryLock(channel) == null) {
          throw new LogFailedException("the Raft log in " + path + " is in use", null);
        }
        return new FileLogDirectory(path, channel, FileChannel.open(path, StandardOpenOption.READ));
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw new LogFailedException("cannot open the directory " + path, e);
    }
  }

  @Override
  public List<String> list() throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
      for (Path file : files) {
        names.add(file.getFileName().toString());
      }
    }
    return names;
  }

  @Override
  public LogFile create(String name) throws IOException {
    return FileLogFile.create(path.resolve(name));
  }

  @Override
  public LogFile open(String name) throws IOException {
    return FileLogFile.open(path.resolve(name));
  }

  @Override
  public void rename(String name, String newName) throws IOException {
    Files.move(path.resolve(name), path.resolve(newName), StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void delete(String name) throws IOException {
    Files.delete(path.resolve(name));
  }

  @Override
  public void sync() throws IOException {
    names.force(true);
  }

  @Override
  public void close() throws IOException {
    try (names) {
      lock.close();
    }
  }

  @Override
  public String toString() {
    return path.toString();
  }

  /** Creates {@code directory} and those above it; each is recorded in the one above. */
  private static void createDurably(Path directory) throws IOException {
    Path parent = directory.getParent();
    if (parent != null && !Files.isDirectory(directory)) {
      createDurably(parent);
      Files.createDirectory(directory);
      sync(parent);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // held by this very process
    }
  }

  private static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
