package dev.terrane.engine.log;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The first {@value LogFormat#SEGMENT_HEADER_BYTES} bytes of a segment file: {@code u64 magic, u32
 * format version, u32 zero, u64 number, u64 life, u64 capacity, zeros, u32 checksum of all before}.
 * Magic, version and checksum stay where they are in every later format, so that a newer file is
 * told from a damaged one.
 *
 * @param life drawn at random each time a file becomes a segment; salts its checksums, so that what
 *     an earlier life left behind is never taken for a frame
 * @param capacity the size of the file
 */
record SegmentHeader(long number, long life, int capacity) {
  private static final long MAGIC = 0x5445_5252_414c_4f47L; // "TERRALOG"
  private static final int CHECKSUM_OFFSET = LogFormat.SEGMENT_HEADER_BYTES - 4;

  ByteBuffer encode() {
    ByteBuffer header = ByteBuffer.allocate(LogFormat.SEGMENT_HEADER_BYTES);
    header.putLong(MAGIC).putInt(LogFormat.VERSION).putInt(0);
    header.putLong(number).putLong(life).putLong(capacity);
    header.putInt(CHECKSUM_OFFSET, checksum(header));
    return header.rewind();
  }

  /**
   * Reads the header of the file {@code name}.
   *
   * @param header at least as many bytes as a header has, unless the file is shorter
   */
  static SegmentHeader decode(String name, ByteBuffer header) {
    if (header.remaining() < LogFormat.SEGMENT_HEADER_BYTES) {
      throw new LogCorruptException(name, header.remaining(), "the file ends within its header");
    }
    if (header.getLong(0) != MAGIC) {
      throw new LogCorruptException(name, 0, "not a segment of a Raft log");
    }
    if (header.getInt(CHECKSUM_OFFSET) != checksum(header)) {
      throw new LogCorruptException(name, 0, "the header's checksum does not match");
    }
    long version = Integer.toUnsignedLong(header.getInt(8));
    if (version != LogFormat.VERSION) {
      throw new LogFormatException(name, version, LogFormat.VERSION);
    }
    return new SegmentHeader(header.getLong(16), header.getLong(24), (int) header.getLong(32));
  }

  private static int checksum(ByteBuffer header) {
    CRC32C crc = new CRC32C();
    crc.update(header.duplicate().clear().limit(CHECKSUM_OFFSET));
    return (int) crc.getValue();
  }
}
