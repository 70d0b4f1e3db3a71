package dev.terrane.store.wire;

import dev.terrane.common.Bytes;
import java.nio.ByteBuffer;

/**
 * Through which log entry a Region's data goes. Stored beside the data and changed with it.
 *
 * <p>Encoded: format (1 byte, 1), index (8), term (8); big-endian.
 */
public record AppliedPosition(long index, long term) {
  public static final AppliedPosition NONE = new AppliedPosition(0, 0);

  private static final byte FORMAT = 1;

  public Bytes encode() {
    return Bytes.wrap(
        ByteBuffer.allocate(1 + 2 * Long.BYTES).put(FORMAT).putLong(index).putLong(term).array());
  }

  public static AppliedPosition decode(Bytes encoded) {
    ByteBuffer in = encoded.asByteBuffer();
    byte format = in.remaining() == 1 + 2 * Long.BYTES ? in.get() : 0;
    if (format != FORMAT) {
      throw new StoredFormatException(
          "applied position of unknown format: " + encoded.toHex() + "; this release knows 1");
    }
    return new AppliedPosition(in.getLong(), in.getLong());
  }
}
