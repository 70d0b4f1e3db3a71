package dev.terrane.cli.importing;

import dev.terrane.cli.data.JsonEntry;
import dev.terrane.common.Bytes;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A file of the entries that were not written, or of which nobody knows, and of the lines that are
 * none, each with the reason, as JSON lines that {@code terrane import} takes back: entries are
 * put, lines that are none are told of again. Made when there is the first one, beside those of
 * earlier imports.
 *
 * <p>Called by one thread at a time.
 */
final class Rejects implements Importer.Rejection, Closeable {
  private static final String SUFFIX = ".rejected";
  private static final int FILES_MAX = 1_000;

  /** Of a longer one only the number and the reason are kept. */
  private static final int BAD_LINE_BYTES_MAX = 1 << 20;

  private final Path wanted;
  private @Nullable Path path;
  private @Nullable BufferedWriter file;
  private long entries;
  private long badLines;

  /** For an input of this name; {@code wanted} is where the user wants it, if anywhere. */
  Rejects(String input, @Nullable Path wanted) {
    this.wanted = wanted == null ? Path.of(input + SUFFIX + ".jsonl") : wanted;
  }

  @Override
  public void entry(ImportLine.Entry entry, String reason) {
    write(JsonEntry.rejected(entry.key(), entry.value(), entry.ttl(), reason));
    entries++;
  }

  @Override
  public void bad(ImportLine.Bad bad) {
    if (bad.rejectedBefore()) {
      write(bad.line().toUtf8());
    } else {
      Bytes line = bad.line().length() > BAD_LINE_BYTES_MAX ? Bytes.EMPTY : bad.line();
      write(JsonEntry.badLine(line, bad.number(), bad.reason()));
    }
    badLines++;
  }

  private void write(String line) {
    try {
      BufferedWriter open = file;
      if (open == null) {
        open = open();
        file = open;
      }
      open.write(line);
      open.write('\n');
      open.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot keep what is rejected in " + wanted + " (--rejects names another file)", e);
    }
  }

  private BufferedWriter open() throws IOException {
    for (int number = 1; number < FILES_MAX; number++) {
      Path candidate = numbered(number);
      try {
        BufferedWriter opened = Files.newBufferedWriter(candidate, StandardOpenOption.CREATE_NEW);
        path = candidate;
        return opened;
      } catch (FileAlreadyExistsException e) {
        // What an earlier import left is not touched.
      }
    }
    throw new IOException("there are " + FILES_MAX + " such files already");
  }

  private Path numbered(int number) {
    if (number == 1) {
      return wanted;
    }
    String name = String.valueOf(wanted.getFileName());
    int dot = name.lastIndexOf('.');
    String renamed =
        dot <= 0
            ? name + "." + number
            : name.substring(0, dot) + "." + number + name.substring(dot);
    return wanted.resolveSibling(renamed);
  }

  /** What to do with them before the import goes on with the next line; null if there are none. */
  @Nullable String adviceBeforeGoingOn() {
    String advice = advice();
    return advice == null || entries == 0
        ? advice
        : advice + "\nDo so before going on, so that of several lines with one key the last wins.";
  }

  /** What to do with them; null if there are none. */
  @Nullable String advice() {
    if (entries + badLines == 0) {
      return null;
    }
    String bad =
        badLines == 1
            ? "1 line that could not be read is "
            : String.format(Locale.ROOT, "%,d lines that could not be read are ", badLines);
    if (entries == 0) {
      return bad + "in " + path + ", with the reason.";
    }
    String unwritten =
        entries == 1
            ? "1 entry that is not written, or may not be, is in " + path
            : String.format(
                Locale.ROOT,
                "%,d entries that are not written, or may not be, are in %s",
                entries,
                path);
    return unwritten
        + ": put "
        + (entries == 1 ? "it" : "them")
        + " with 'terrane import "
        + path
        + "'."
        + (badLines == 0 ? "" : " " + bad + "there too, with the reason.");
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }
}
