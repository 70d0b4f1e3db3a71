package dev.terrane.cli.importing;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.terrane.common.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into lines and has each read by a {@link LineFormat}. A line ends with a
 * line feed, or a carriage return and a line feed; the last one may end with the stream. A line
 * longer than {@link #LINE_BYTES_MAX} is bad and is skipped without being held in memory.
 *
 * <p>Confined to one thread. Does not close the stream.
 */
final class LineReader {
  /** Room for the largest key and value, written in base64 or with escapes. */
  static final int LINE_BYTES_MAX = 40 << 20;

  private final InputStream input;
  private final LineFormat format;
  private final int lineBytesMax;
  private byte[] buffer = new byte[64 << 10];
  private int start;
  private int end;
  private long lineNumber;
  private long bytesConsumed;

  LineReader(InputStream input, LineFormat format) {
    this(input, format, LINE_BYTES_MAX);
  }

  LineReader(InputStream input, LineFormat format, int lineBytesMax) {
    this.input = input;
    this.format = format;
    this.lineBytesMax = lineBytesMax;
  }

  /** The next line, or null after the last. */
  @Nullable ImportLine next() throws IOException {
    int scanned = 0;
    while (true) {
      int lineFeed = indexOfLineFeed(start + scanned);
      if (lineFeed >= 0) {
        return take(lineFeed - start, 1);
      }
      scanned = end - start;
      if (scanned > lineBytesMax) {
        return skipLongLine();
      }
      if (!fill()) {
        return scanned == 0 ? null : take(scanned, 0);
      }
    }
  }

  /** Passes over {@code count} lines, or as many as there are; they count as read. */
  void skip(long count) throws IOException {
    for (long skipped = 0; skipped < count; skipped++) {
      if (!skipLine()) {
        return;
      }
    }
  }

  /** How much of the input the lines returned so far took. */
  long bytesConsumed() {
    return bytesConsumed;
  }

  private ImportLine take(int length, int breakLength) {
    int lineStart = start;
    start += length + breakLength;
    bytesConsumed += length + breakLength;
    lineNumber++;
    int trimmed = length > 0 && buffer[lineStart + length - 1] == '\r' ? length - 1 : length;
    if (trimmed > lineBytesMax) {
      return tooLong();
    }
    Bytes line = Bytes.wrap(Arrays.copyOfRange(buffer, lineStart, lineStart + trimmed));
    ImportLine parsed = format.parse(lineNumber, line);
    return parsed instanceof ImportLine.Bad bad ? bad.of(line) : parsed;
  }

  private ImportLine skipLongLine() throws IOException {
    skipLine();
    return tooLong();
  }

  /** Passes over the rest of a line, however long it is; false at the end of the stream. */
  @CanIgnoreReturnValue
  private boolean skipLine() throws IOException {
    boolean any = false;
    while (true) {
      int lineFeed = indexOfLineFeed(start);
      int skipped = lineFeed >= 0 ? lineFeed + 1 - start : end - start;
      start += skipped;
      bytesConsumed += skipped;
      any |= skipped > 0;
      if (lineFeed >= 0 || !fill()) {
        lineNumber += any ? 1 : 0;
        return any;
      }
    }
  }

  private ImportLine tooLong() {
    return new ImportLine.Bad(lineNumber, "longer than " + lineBytesMax + " bytes");
  }

  private int indexOfLineFeed(int from) {
    for (int i = from; i < end; i++) {
      if (buffer[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  /** Reads more behind what is there; false at the end of the stream. */
  private boolean fill() throws IOException {
    if (start > 0) {
      System.arraycopy(buffer, start, buffer, 0, end - start);
      end -= start;
      start = 0;
    }
    if (end == buffer.length) {
      buffer = Arrays.copyOf(buffer, buffer.length * 2);
    }
    int read = input.read(buffer, end, buffer.length - end);
    if (read <= 0) {
      return false;
    }
    end += read;
    return true;
  }
}
