package dev.terrane.store.wire;

import dev.terrane.common.Bytes;
import dev.terrane.common.Invariant;

/** Writes and reads the content of NORMAL log entries; the layout is in the package's Javadoc. */
public final class EntryFormat {
  /** The newest layout, and the only one so far. */
  public static final int FORMAT = 1;

  private static final int VARINT_LONG_BYTES_MAX = 10;
  private static final int VARINT_INT_BYTES_MAX = 5;

  /** The most that a proposal takes beyond its payload. */
  public static final int PROPOSAL_OVERHEAD_BYTES =
      2 * VARINT_LONG_BYTES_MAX + VARINT_INT_BYTES_MAX;

  private EntryFormat() {}

  /** Receives the proposals of an entry in order. Payloads share the entry's bytes. */
  @FunctionalInterface
  public interface Visitor {
    void proposal(long requestId, long epochVersion, Bytes payload);
  }

  /** Gathers proposals into one entry. Confined to one thread; of no use after {@link #build}. */
  public static final class Builder {
    private final byte[] buffer;
    private int length;

    /**
     * @param bytesMax at least the sum of all payloads and their overheads
     */
    public Builder(int bytesMax) {
      buffer = new byte[bytesMax + 1];
      buffer[length++] = FORMAT;
    }

    public Builder add(long requestId, long epochVersion, Bytes payload) {
      varint(requestId);
      varint(epochVersion);
      varint(payload.length());
      payload.copyTo(buffer, length);
      length += payload.length();
      return this;
    }

    public Bytes build() {
      return Bytes.wrap(buffer, 0, length);
    }

    private void varint(long value) {
      long left = value;
      while ((left & ~0x7fL) != 0) {
        buffer[length++] = (byte) (left | 0x80);
        left >>>= 7;
      }
      buffer[length++] = (byte) left;
    }
  }

  /**
   * Shows every proposal of {@code data} to {@code visitor}. What is malformed passed its checksum,
   * so it is a bug of ours and stops the store.
   */
  public static void forEach(Bytes data, Visitor visitor) {
    Walk walk = new Walk(data);
    while (walk.next(visitor)) {
      // until the last
    }
  }

  /** Shows one proposal after the other, so that many can be taken in turns. For one thread. */
  public static final class Walk {
    private final Reader reader;

    public Walk(Bytes data) {
      // Without data it is the entry that opens a leader's term.
      Invariant.check(
          data.isEmpty() || data.at(0) == FORMAT,
          "log entry of format %d",
          data.isEmpty() ? FORMAT : data.at(0));
      reader = new Reader(data);
    }

    /** Shows the next proposal; false if there is none. */
    public boolean next(Visitor visitor) {
      if (reader.position >= reader.data.length()) {
        return false;
      }
      long requestId = reader.varint();
      long epochVersion = reader.varint();
      visitor.proposal(requestId, epochVersion, reader.bytes());
      return true;
    }
  }

  private static final class Reader {
    private final Bytes data;
    private int position = 1;

    Reader(Bytes data) {
      this.data = data;
    }

    long varint() {
      long value = 0;
      int shift = 0;
      byte next;
      do {
        Invariant.check(
            position < data.length() && shift < 64, "log entry cut off at byte %d", position);
        next = data.at(position++);
        value |= (long) (next & 0x7f) << shift;
        shift += 7;
      } while (next < 0);
      return value;
    }

    Bytes bytes() {
      long length = varint();
      Invariant.check(
          length >= 0 && length <= data.length() - position,
          "payload of %d bytes at %d of %d",
          length,
          position,
          data.length());
      Bytes bytes = data.slice(position, (int) length);
      position += (int) length;
      return bytes;
    }
  }
}
