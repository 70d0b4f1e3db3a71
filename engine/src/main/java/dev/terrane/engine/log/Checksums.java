package dev.terrane.engine.log;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The three checksums of segment content, CRC32C, each salted with the segment's number and life:
 * of a frame's header, of an entry, and of a frame's body without the data of its entries, which
 * their own checksums cover. So each byte is summed once, and an entry can be verified alone.
 *
 * <p>For one thread.
 */
final class Checksums {
  private static final int SALT_BYTES = 16;

  /** The salt, then what is summed beside whole arrays. */
  private final ByteBuffer scratch = ByteBuffer.allocate(SALT_BYTES + 48);

  private final CRC32C entry = new CRC32C();
  private final CRC32C body = new CRC32C();

  /** Goes over to {@code segment}. */
  void salt(Segment segment) {
    scratch.putLong(0, segment.number()).putLong(8, segment.life());
  }

  int ofFrameHeader(int offset, int bodyBytes, long sequence) {
    scratch.putInt(16, offset).putInt(20, bodyBytes).putLong(24, sequence);
    return sumScratch(32);
  }

  /** Begins the checksum of an entry, to which {@link #data} adds. */
  void entry(long regionId, long index, int dataBytes, long term, byte kind) {
    scratch.putLong(16, regionId).putLong(24, index);
    scratch.putInt(32, dataBytes).putLong(36, term).put(44, kind);
    entry.reset();
    entry.update(scratch.array(), 0, 45);
  }

  void data(byte[] array, int offset, int length) {
    entry.update(array, offset, length);
  }

  int ofEntry() {
    return (int) entry.getValue();
  }

  void beginBody(long sequence) {
    scratch.putLong(16, sequence);
    body.reset();
    body.update(scratch.array(), 0, 24);
  }

  void body(byte[] array, int offset, int length) {
    body.update(array, offset, length);
  }

  int ofBody() {
    return (int) body.getValue();
  }

  private int sumScratch(int length) {
    entry.reset();
    entry.update(scratch.array(), 0, length);
    return (int) entry.getValue();
  }
}
