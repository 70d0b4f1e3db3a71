package dev.terrane.cli.importing;

import dev.terrane.cli.text.Escapes;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A file of the keys that the cluster acknowledged, escaped, one a line, for whoever checks
 * afterwards that they are there. Written in the order of the acknowledgements and never before
 * them; if this process is killed, the file lacks the last ones.
 *
 * <p>Whether it can be written is found out at once; what is in it goes only when the import {@link
 * #begin begins}. Called by one thread at a time.
 */
final class AcknowledgedKeys implements Closeable {
  private final @Nullable Path path;
  private final @Nullable FileChannel file;
  private final boolean made;
  private @Nullable BufferedWriter lines;

  /** For {@code path}, or for nowhere if that is null. */
  AcknowledgedKeys(@Nullable Path path) throws IOException {
    this.path = path;
    this.made = path != null && Files.notExists(path);
    this.file =
        path == null
            ? null
            : FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  /**
   * Nothing speaks against the import any more.
   *
   * @param append whether what is there stays
   */
  void begin(boolean append) throws IOException {
    if (file == null) {
      return;
    }
    if (append) {
      file.position(file.size());
    } else {
      truncate(file);
    }
    lines = new BufferedWriter(Channels.newWriter(file, StandardCharsets.UTF_8));
  }

  /** Where it is no file, as a pipe, there is nothing to go. */
  private static void truncate(FileChannel file) throws IOException {
    if (file.size() > 0) {
      file.truncate(0);
    }
  }

  void add(ImportLine.Entry entry) {
    BufferedWriter begun = lines;
    if (begun == null) {
      return;
    }
    try {
      begun.write(Escapes.format(entry.key()));
      begun.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the file of acknowledged keys", e);
    }
  }

  @Override
  public void close() throws IOException {
    if (lines != null) {
      lines.close();
    } else if (file != null) {
      file.close();
      if (made && path != null) {
        Files.deleteIfExists(path);
      }
    }
  }
}
