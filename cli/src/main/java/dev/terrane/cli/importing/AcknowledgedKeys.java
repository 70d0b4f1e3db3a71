package dev.terrane.cli.importing;

import dev.terrane.cli.text.Escapes;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A file of the keys that the cluster acknowledged, escaped, one a line, for whoever checks
 * afterwards that they are there. Written in the order of the acknowledgements and never before
 * them; if this process is killed, the file lacks the last ones.
 *
 * <p>Called by one thread at a time.
 */
final class AcknowledgedKeys implements Closeable {
  private final @Nullable BufferedWriter file;

  /**
   * Writes to {@code path}, or nowhere if that is null.
   *
   * @param append whether what is there stays
   */
  AcknowledgedKeys(@Nullable Path path, boolean append) throws IOException {
    file =
        path == null
            ? null
            : append
                ? Files.newBufferedWriter(
                    path, StandardOpenOption.CREATE, StandardOpenOption.APPEND)
                : Files.newBufferedWriter(path);
  }

  void add(ImportLine.Entry entry) {
    if (file == null) {
      return;
    }
    try {
      file.write(Escapes.format(entry.key()));
      file.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the file of acknowledged keys", e);
    }
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }
}
