package dev.terrane.store.wire;

import com.google.protobuf.ByteString;
import dev.terrane.common.Bytes;
import dev.terrane.proto.ProtoBytes;
import java.io.ByteArrayOutputStream;
import java.util.zip.CRC32C;

/**
 * The pairs of a snapshot chunk as bytes: for each, key length and value length as varints, then
 * key and value.
 */
public final class Pairs {
  private Pairs() {}

  /** Receives pairs in order. They share the chunk's bytes. */
  @FunctionalInterface
  public interface Visitor {
    void pair(Bytes key, Bytes value);
  }

  /** Gathers the pairs of one chunk. */
  public static final class Builder {
    private final ByteArrayOutputStream out;
    private int count;

    public Builder(int expectedBytes) {
      out = new ByteArrayOutputStream(expectedBytes);
    }

    public void add(Bytes key, Bytes value) {
      varint(key.length());
      varint(value.length());
      out.write(key.backingArray(), key.offset(), key.length());
      out.write(value.backingArray(), value.offset(), value.length());
      count++;
    }

    public int bytes() {
      return out.size();
    }

    public int count() {
      return count;
    }

    public Bytes build() {
      return Bytes.wrap(out.toByteArray());
    }

    private void varint(int value) {
      int left = value;
      while (left > 0x7f) {
        out.write(left | 0x80);
        left >>>= 7;
      }
      out.write(left);
    }
  }

  public static int crc(ByteString pairs) {
    CRC32C crc = new CRC32C();
    Bytes bytes = ProtoBytes.toBytes(pairs);
    crc.update(bytes.backingArray(), bytes.offset(), bytes.length());
    return (int) crc.getValue();
  }

  /**
   * Shows every pair to {@code visitor}, and returns how many there are.
   *
   * @throws IllegalArgumentException if {@code pairs} is cut off
   */
  public static int forEach(ByteString pairs, Visitor visitor) {
    Bytes bytes = ProtoBytes.toBytes(pairs);
    int position = 0;
    int count = 0;
    while (position < bytes.length()) {
      int keyLength = varint(bytes, position);
      position += varintLength(keyLength);
      int valueLength = varint(bytes, position);
      position += varintLength(valueLength);
      if (keyLength < 0
          || valueLength < 0
          || (long) keyLength + valueLength > bytes.length() - position) {
        throw new IllegalArgumentException("pairs cut off at byte " + position);
      }
      visitor.pair(
          bytes.slice(position, keyLength), bytes.slice(position + keyLength, valueLength));
      position += keyLength + valueLength;
      count++;
    }
    return count;
  }

  private static int varint(Bytes bytes, int start) {
    int value = 0;
    int shift = 0;
    int position = start;
    byte next;
    do {
      if (position >= bytes.length() || shift > 28) {
        throw new IllegalArgumentException("pairs cut off at byte " + position);
      }
      next = bytes.at(position++);
      value |= (next & 0x7f) << shift;
      shift += 7;
    } while (next < 0);
    return value;
  }

  private static int varintLength(int value) {
    return value == 0 ? 1 : (38 - Integer.numberOfLeadingZeros(value)) / 7;
  }
}
