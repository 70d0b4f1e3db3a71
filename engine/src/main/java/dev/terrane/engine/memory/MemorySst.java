package dev.terrane.engine.memory;

import dev.terrane.common.Bytes;
import dev.terrane.engine.EngineCorruptException;
import dev.terrane.engine.EngineException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * The memory engine's sorted file: a version, a count, the entries, a checksum.
 *
 * <pre>
 * int version = 1
 * int count
 * count times: int keyLength, int valueLength (-1: deleted), key, value
 * int CRC-32C of all bytes before it
 * </pre>
 */
final class MemorySst {
  static final int VERSION = 1;
  static final int HEADER_BYTES = 8;
  static final int CHECKSUM_BYTES = 4;
  static final int DELETED = -1;

  private final Bytes entries;
  private final int count;

  private MemorySst(Bytes entries, int count) {
    this.entries = entries;
    this.count = count;
  }

  static int checksum(Bytes bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.asByteBuffer());
    return (int) crc.getValue();
  }

  /** Reads and verifies all of {@code file}. */
  static MemorySst read(SstStorage storage, Path file) {
    Bytes content;
    try {
      content = storage.read(file);
    } catch (IOException e) {
      throw new EngineException("could not read " + file, false, e);
    }
    if (content.length() < HEADER_BYTES + CHECKSUM_BYTES) {
      throw new EngineCorruptException(file.toString(), content.length() + " bytes", null);
    }
    int covered = content.length() - CHECKSUM_BYTES;
    ByteBuffer bytes = content.asByteBuffer();
    if (bytes.getInt(covered) != checksum(content.slice(0, covered))) {
      throw new EngineCorruptException(
          file.toString(), "checksum mismatch at offset " + covered, null);
    }
    int version = bytes.getInt();
    if (version != VERSION) {
      throw new EngineException(
          file + " has format version " + version + ", known is " + VERSION, false, null);
    }
    return new MemorySst(content.slice(HEADER_BYTES, covered - HEADER_BYTES), bytes.getInt());
  }

  /** {@code tree} after all entries of this file. */
  SortedTree over(SortedTree tree) {
    SortedTree changed = tree;
    int at = 0;
    ByteBuffer lengths = entries.asByteBuffer();
    for (int i = 0; i < count; i++) {
      int keyLength = lengths.getInt(at);
      int valueLength = lengths.getInt(at + 4);
      at += 8;
      Bytes key = entries.slice(at, keyLength);
      at += keyLength;
      if (valueLength == DELETED) {
        changed = changed.remove(key);
      } else {
        changed = changed.put(key, entries.slice(at, valueLength));
        at += valueLength;
      }
    }
    return changed;
  }
}
