package dev.terrane.engine.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads a segment from front to back through a bounded buffer. For the thread that opens a log. */
final class SegmentInput {
  private static final int BUFFER_BYTES = 256 << 10;

  private final Segment segment;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).limit(0);
  private int bufferOffset;

  SegmentInput(Segment segment) {
    this.segment = segment;
  }

  /** Where the next byte is read. */
  int offset() {
    return bufferOffset + buffer.position();
  }

  void seek(int offset) {
    int position = offset - bufferOffset;
    if (position >= 0 && position <= buffer.limit()) {
      buffer.position(position);
    } else {
      bufferOffset = offset;
      buffer.position(0).limit(0);
    }
  }

  int bytesLeft() {
    return segment.capacity() - offset();
  }

  /** Reads {@code length} bytes, no more than are left, into {@code target} from 0 on. */
  void read(byte[] target, int length) throws IOException {
    int done = 0;
    while (done < length) {
      int chunk = chunk(length - done);
      System.arraycopy(buffer.array(), buffer.position(), target, done, chunk);
      buffer.position(buffer.position() + chunk);
      done += chunk;
    }
  }

  /** Reads {@code length} bytes, no more than are left, and adds them to an entry's checksum. */
  void sum(int length, Checksums checksums) throws IOException {
    int done = 0;
    while (done < length) {
      int chunk = chunk(length - done);
      checksums.data(buffer.array(), buffer.position(), chunk);
      buffer.position(buffer.position() + chunk);
      done += chunk;
    }
  }

  /** How many of the next {@code wanted} bytes are in the buffer, at least one. */
  private int chunk(int wanted) throws IOException {
    if (!buffer.hasRemaining()) {
      int offset = offset();
      buffer.clear().limit(Math.min(BUFFER_BYTES, segment.capacity() - offset));
      segment.file().read(buffer, offset);
      buffer.flip();
      bufferOffset = offset;
      if (!buffer.hasRemaining()) {
        throw new LogCorruptException(segment.name(), offset, "the file ends before its capacity");
      }
    }
    return Math.min(wanted, buffer.remaining());
  }
}
