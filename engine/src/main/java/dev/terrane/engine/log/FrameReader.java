package dev.terrane.engine.log;

import dev.terrane.common.Bytes;
import dev.terrane.common.region.RegionEpoch;
import dev.terrane.raft.HardState;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Finds and verifies the frames of one segment. Memory is bounded by the input's buffer and one
 * named record: a frame is read twice, once to verify it, once to tell what it says.
 *
 * <p>For the thread that opens a log.
 */
final class FrameReader {
  /** No frame has this sequence number. */
  static final long NO_SEQUENCE = 0;

  private final Segment segment;
  private final SegmentInput input;
  private final Checksums checksums = new Checksums();
  private final ByteBuffer header = ByteBuffer.allocate(40);
  private int bodyLeft;

  FrameReader(Segment segment) {
    this.segment = segment;
    input = new SegmentInput(segment);
    checksums.salt(segment);
  }

  /** The sequence number in the frame header at {@code offset}, if there is a valid one. */
  long sequenceAt(int offset) throws IOException {
    input.seek(offset);
    if (input.bytesLeft() < LogFormat.frameBytes(0)) {
      return NO_SEQUENCE;
    }
    input.read(header.array(), LogFormat.FRAME_HEADER_BYTES);
    int bodyBytes = header.getInt(0);
    int checksum = header.getInt(4);
    long sequence = header.getLong(8);
    boolean possible =
        (bodyBytes | checksum | sequence) != 0 // most of what is searched is zeros
            && bodyBytes >= 0
            && LogFormat.frameBytes(bodyBytes) <= segment.capacity() - offset
            && sequence > NO_SEQUENCE;
    return possible && checksum == checksums.ofFrameHeader(offset, bodyBytes, sequence)
        ? sequence
        : NO_SEQUENCE;
  }

  /** The size of the frame at {@code offset}, or 0 if it is not valid as a whole. */
  int verify(int offset) throws IOException {
    try {
      return visit(offset, FrameVisitor.NOBODY);
    } catch (BadFrameException e) {
      return 0;
    }
  }

  /** Tells {@code visitor} what the verified frame at {@code offset} says. */
  void replay(int offset, FrameVisitor visitor) throws IOException {
    try {
      visit(offset, visitor);
    } catch (BadFrameException e) {
      throw new LogCorruptException(segment.name(), offset, "the file changed while it was read");
    }
  }

  /** The offset of the first valid frame header from {@code offset} on, or -1. */
  int findHeader(int offset) throws IOException {
    for (int at = offset; at < segment.capacity(); at += LogFormat.FRAME_ALIGNMENT) {
      if (sequenceAt(at) != NO_SEQUENCE) {
        return at;
      }
    }
    return -1;
  }

  private int visit(int offset, FrameVisitor visitor) throws IOException, BadFrameException {
    long sequence = sequenceAt(offset);
    if (sequence == NO_SEQUENCE) {
      throw new BadFrameException();
    }
    int bodyBytes = header.getInt(0);
    checksums.beginBody(sequence);
    bodyLeft = bodyBytes;
    while (bodyLeft > 0) {
      visitOp(visitor);
    }
    input.read(header.array(), LogFormat.FRAME_TRAILER_BYTES);
    if (header.getInt(0) != checksums.ofBody()) {
      throw new BadFrameException();
    }
    return (int) LogFormat.frameBytes(bodyBytes);
  }

  private void visitOp(FrameVisitor visitor) throws IOException, BadFrameException {
    long number = segment.number();
    byte code = read(1).get(0);
    switch (code) {
      case LogFormat.APPEND, LogFormat.REWRITE -> visitEntries(code, visitor);
      case LogFormat.HARD_STATE -> {
        read(LogFormat.HARD_STATE_BYTES - 1);
        visitor.hardState(
            header.getLong(0), new HardState(longAt(1), longAt(2), longAt(3)), number);
      }
      case LogFormat.BASE -> {
        read(LogFormat.BASE_BYTES - 1);
        visitor.base(longAt(0), longAt(1), longAt(2), number);
      }
      case LogFormat.RESET -> {
        read(LogFormat.BASE_BYTES - 1);
        visitor.reset(longAt(0), longAt(1), longAt(2), number);
      }
      case LogFormat.DESTROY -> {
        read(LogFormat.TOMBSTONE_BYTES - 1);
        visitor.destroy(longAt(0), tombstone(), number);
      }
      case LogFormat.KEEP_TOMBSTONE -> {
        read(LogFormat.TOMBSTONE_BYTES - 1);
        visitor.keepTombstone(longAt(0), tombstone(), number);
      }
      case LogFormat.FORGET_TOMBSTONE -> {
        read(LogFormat.FORGET_TOMBSTONE_BYTES - 1);
        visitor.forgetTombstone(longAt(0));
      }
      case LogFormat.PUT_RECORD -> {
        read(LogFormat.PUT_RECORD_HEADER_BYTES - 1);
        int keyBytes = header.getInt(0);
        int valueBytes = header.getInt(4);
        visitor.putRecord(
            bytes(keyBytes, LogBatch.RECORD_KEY_BYTES_MAX),
            bytes(valueBytes, LogBatch.RECORD_VALUE_BYTES_MAX),
            number);
      }
      case LogFormat.DELETE_RECORD -> {
        int keyBytes = read(LogFormat.DELETE_RECORD_HEADER_BYTES - 1).getInt(0);
        visitor.deleteRecord(bytes(keyBytes, LogBatch.RECORD_KEY_BYTES_MAX));
      }
      default -> throw new BadFrameException();
    }
  }

  private void visitEntries(byte code, FrameVisitor visitor) throws IOException, BadFrameException {
    read(LogFormat.ENTRIES_HEADER_BYTES - 1);
    long regionId = longAt(0);
    long firstIndex = longAt(1);
    int count = header.getInt(16);
    if (code == LogFormat.APPEND) {
      visitor.append(regionId, firstIndex);
    }
    for (int i = 0; i < count; i++) {
      long index = firstIndex + i;
      long location = Location.of(segment.number(), input.offset());
      read(LogFormat.ENTRY_HEADER_BYTES);
      int dataBytes = header.getInt(0);
      long term = header.getLong(4);
      byte kind = header.get(12);
      int checksum = header.getInt(13);
      take(dataBytes);
      checksums.entry(regionId, index, dataBytes, term, kind);
      input.sum(dataBytes, checksums);
      if (checksum != checksums.ofEntry()) {
        throw new BadFrameException();
      }
      visitor.entry(regionId, index, term, dataBytes, location);
    }
  }

  private Tombstone tombstone() {
    return new Tombstone(new RegionEpoch(longAt(1), longAt(2)), longAt(3));
  }

  private long longAt(int position) {
    return header.getLong(8 * position);
  }

  /** Reads and sums the next bytes of the body, which are then at 0 of {@link #header}. */
  private ByteBuffer read(int length) throws IOException, BadFrameException {
    take(length);
    input.read(header.array(), length);
    checksums.body(header.array(), 0, length);
    return header;
  }

  private Bytes bytes(int length, int lengthMax) throws IOException, BadFrameException {
    if (length > lengthMax) {
      throw new BadFrameException();
    }
    take(length);
    byte[] bytes = new byte[length];
    input.read(bytes, length);
    checksums.body(bytes, 0, length);
    return Bytes.wrap(bytes);
  }

  private void take(int length) throws BadFrameException {
    if (length < 0 || length > bodyLeft) {
      throw new BadFrameException();
    }
    bodyLeft -= length;
  }

  /** What is there is not a frame as it was written. */
  private static final class BadFrameException extends Exception {
    private static final long serialVersionUID = 1L;

    BadFrameException() {
      super(null, null, false, false); // every log ends with one
    }
  }
}
