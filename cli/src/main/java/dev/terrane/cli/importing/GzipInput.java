package dev.terrane.cli.importing;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * What gzip has compressed, in one part or several (RFC 1952). Java's own takes a part that is
 * damaged at its head for the end of all, and says nothing: here only zeros may follow the last.
 *
 * <p>Confined to one thread.
 */
final class GzipInput extends InputStream {
  private static final int MAGIC_1 = 0x1f;
  private static final int MAGIC_2 = 0x8b;
  private static final int DEFLATE = 8;
  private static final int HAS_SUM = 1 << 1;
  private static final int HAS_FIELDS = 1 << 2;
  private static final int HAS_NAME = 1 << 3;
  private static final int HAS_COMMENT = 1 << 4;

  private final InputStream compressed;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 sum = new CRC32();
  private final CRC32 headSum = new CRC32();
  private final byte[] buffer = new byte[64 << 10];
  private int start;
  private int end;
  private boolean within;
  private boolean anyPart;

  GzipInput(InputStream compressed) {
    this.compressed = compressed;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    while (length > 0) {
      if (!within && !beginPart()) {
        return -1;
      }
      int read = inflate(target, offset, length);
      if (read > 0) {
        sum.update(target, offset, read);
        return read;
      }
      if (inflater.finished()) {
        endPart();
      }
    }
    return 0;
  }

  private int inflate(byte[] target, int offset, int length) throws IOException {
    if (inflater.needsInput()) {
      if (start == end && !fill()) {
        throw new EOFException("the compressed lines end in the middle");
      }
      inflater.setInput(buffer, start, end - start);
    }
    try {
      int read = inflater.inflate(target, offset, length);
      start = end - inflater.getRemaining();
      if (read == 0 && inflater.needsDictionary()) {
        throw new ZipException("the compressed lines are damaged");
      }
      return read;
    } catch (DataFormatException e) {
      throw (ZipException)
          new ZipException("the compressed lines are damaged: " + e.getMessage()).initCause(e);
    }
  }

  /** False at the end of all parts. */
  private boolean beginPart() throws IOException {
    int first = next();
    while (anyPart && first == 0) {
      first = next();
    }
    if (first < 0) {
      if (!anyPart) {
        throw new EOFException("the compressed lines end before they begin");
      }
      return false;
    }
    if (first != MAGIC_1 || headByte() != MAGIC_2 || headByte() != DEFLATE) {
      throw new ZipException("the compressed lines go on with what is no gzip: no gzip follows");
    }
    passHead();
    inflater.reset();
    sum.reset();
    within = true;
    anyPart = true;
    return true;
  }

  private void passHead() throws IOException {
    headSum.reset();
    headSum.update(MAGIC_1);
    headSum.update(MAGIC_2);
    headSum.update(DEFLATE);
    int flags = headByte();
    for (int i = 0; i < 6; i++) {
      headByte(); // when and where it was made
    }
    if ((flags & HAS_FIELDS) != 0) {
      int bytes = headByte() | headByte() << 8;
      for (int i = 0; i < bytes; i++) {
        headByte();
      }
    }
    for (int text : new int[] {HAS_NAME, HAS_COMMENT}) {
      while ((flags & text) != 0 && headByte() != 0) {
        // to its end
      }
    }
    if ((flags & HAS_SUM) != 0) {
      long expected = headSum.getValue() & 0xffff;
      if ((headByte() | headByte() << 8) != expected) {
        throw new ZipException("the head of the compressed lines is damaged");
      }
    }
  }

  private void endPart() throws IOException {
    long expectedSum = number();
    long expectedBytes = number();
    if (expectedSum != sum.getValue()
        || expectedBytes != (inflater.getBytesWritten() & 0xffff_ffffL)) {
      throw new ZipException("the compressed lines are damaged: their sum is wrong");
    }
    within = false;
  }

  private long number() throws IOException {
    long number = 0;
    for (int shift = 0; shift < 32; shift += 8) {
      number |= (long) headByte() << shift;
    }
    return number;
  }

  private int headByte() throws IOException {
    int next = next();
    if (next < 0) {
      throw new EOFException("the compressed lines end in the middle");
    }
    headSum.update(next);
    return next;
  }

  private int next() throws IOException {
    return start == end && !fill() ? -1 : buffer[start++] & 0xff;
  }

  private boolean fill() throws IOException {
    start = 0;
    end = Math.max(0, compressed.read(buffer));
    return end > 0;
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    compressed.close();
  }
}
