package dev.terrane.server.node;

import dev.terrane.store.SnapshotFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A store's snapshot files in one directory of the file system. */
final class SnapshotDirectory implements SnapshotFiles, AutoCloseable {
  private final Path directory;

  /** Kept open: a sync must not fail because the process has no descriptor left. */
  private final FileChannel names;

  SnapshotDirectory(Path directory) throws IOException {
    this.directory = Files.createDirectories(directory);
    this.names = FileChannel.open(directory, StandardOpenOption.READ);
  }

  @Override
  public Path path(String name) {
    return directory.resolve(name);
  }

  @Override
  public List<String> names() {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        names.add(file.getFileName().toString());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + directory, e);
    }
    Collections.sort(names);
    return names;
  }

  @Override
  public void delete(String name) {
    try {
      Files.deleteIfExists(path(name));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + path(name), e);
    }
  }

  @Override
  public void sync() {
    try {
      names.force(true);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot sync " + directory, e);
    }
  }

  @Override
  public void close() {
    try {
      names.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close " + directory, e);
    }
  }
}
