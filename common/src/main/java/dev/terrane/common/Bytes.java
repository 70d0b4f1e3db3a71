package dev.terrane.common;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * An immutable run of bytes: a key, a value or an encoded payload. Ordered as unsigned bytes, which
 * is the order of the key space.
 *
 * <p>Invariant: the backing array is never written once a {@code Bytes} shares it. {@link #wrap}
 * takes over the caller's array without a copy; the caller must not touch it again. Slices share
 * the array of what they were cut from and keep it alive.
 *
 * <p>Thread-safe, being immutable.
 */
public final class Bytes implements Comparable<Bytes> {
  /** No bytes. As a range bound it means "no bound". */
  public static final Bytes EMPTY = new Bytes(new byte[0], 0, 0);

  private final byte[] array;
  private final int offset;
  private final int length;

  private Bytes(byte[] array, int offset, int length) {
    this.array = array;
    this.offset = offset;
    this.length = length;
  }

  /** Shares {@code array}, which the caller gives up. */
  public static Bytes wrap(byte[] array) {
    return array.length == 0 ? EMPTY : new Bytes(array, 0, array.length);
  }

  /** Shares {@code length} bytes of {@code array} from {@code offset}; the caller gives it up. */
  public static Bytes wrap(byte[] array, int offset, int length) {
    if ((offset | length) < 0 || length > array.length - offset) {
      throw new IndexOutOfBoundsException(offset + "+" + length + " of " + array.length);
    }
    return length == 0 ? EMPTY : new Bytes(array, offset, length);
  }

  /** A copy of {@code array}. */
  public static Bytes copyOf(byte[] array) {
    return wrap(array.clone());
  }

  /** A copy of what remains in {@code buffer}, which is not moved. */
  public static Bytes copyOf(ByteBuffer buffer) {
    byte[] copy = new byte[buffer.remaining()];
    buffer.get(buffer.position(), copy);
    return wrap(copy);
  }

  /** The UTF-8 encoding of {@code text}. */
  public static Bytes ofUtf8(String text) {
    return wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The bytes given as numbers, each 0 to 255; for tests and constants. */
  public static Bytes of(int... unsignedBytes) {
    byte[] bytes = new byte[unsignedBytes.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) unsignedBytes[i];
    }
    return wrap(bytes);
  }

  public int length() {
    return length;
  }

  public boolean isEmpty() {
    return length == 0;
  }

  /** The byte at {@code index}, signed as Java has it. */
  public byte at(int index) {
    if (index < 0 || index >= length) {
      throw new IndexOutOfBoundsException(index + " of " + length);
    }
    return array[offset + index];
  }

  /** The bytes from {@code start} to the end, sharing this one's array. */
  public Bytes from(int start) {
    return slice(start, length - start);
  }

  /** {@code sliceLength} bytes from {@code start}, sharing this one's array. */
  public Bytes slice(int start, int sliceLength) {
    if ((start | sliceLength) < 0 || sliceLength > length - start) {
      throw new IndexOutOfBoundsException(start + "+" + sliceLength + " of " + length);
    }
    return sliceLength == length ? this : wrap(array, offset + start, sliceLength);
  }

  /** This followed by {@code other}, in a new array. */
  public Bytes concat(Bytes other) {
    if (other.length == 0) {
      return this;
    }
    if (length == 0) {
      return other;
    }
    byte[] joined = new byte[length + other.length];
    copyTo(joined, 0);
    other.copyTo(joined, length);
    return wrap(joined);
  }

  public boolean startsWith(Bytes prefix) {
    return prefix.length <= length
        && Arrays.equals(
            array,
            offset,
            offset + prefix.length,
            prefix.array,
            prefix.offset,
            prefix.offset + prefix.length);
  }

  /** The smallest key greater than this one: this one followed by a zero byte. */
  public Bytes successor() {
    return wrap(Arrays.copyOf(toArrayShared(), length + 1));
  }

  /** Copies all bytes into {@code target} from {@code position} on. */
  public void copyTo(byte[] target, int position) {
    System.arraycopy(array, offset, target, position, length);
  }

  /** Appends all bytes to {@code target}. */
  public void copyTo(ByteBuffer target) {
    target.put(array, offset, length);
  }

  /** A copy. */
  public byte[] toByteArray() {
    return Arrays.copyOfRange(array, offset, offset + length);
  }

  /**
   * The bytes as an array that the caller must not write: the backing array itself where this spans
   * the whole of it, else a copy. For handing keys to libraries that take only whole arrays.
   */
  public byte[] toArrayShared() {
    return offset == 0 && length == array.length ? array : toByteArray();
  }

  /** The backing array, not to be written; the bytes are {@link #length} from {@link #offset}. */
  public byte[] backingArray() {
    return array;
  }

  /** Where in {@link #backingArray} the bytes begin. */
  public int offset() {
    return offset;
  }

  /** A read-only view. */
  public ByteBuffer asByteBuffer() {
    return ByteBuffer.wrap(array, offset, length).slice().asReadOnlyBuffer();
  }

  public String toUtf8() {
    return new String(array, offset, length, StandardCharsets.UTF_8);
  }

  public String toHex() {
    return HexFormat.of().formatHex(array, offset, offset + length);
  }

  @Override
  public int compareTo(Bytes other) {
    return Arrays.compareUnsigned(
        array, offset, offset + length, other.array, other.offset, other.offset + other.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that
        && length == that.length
        && Arrays.equals(
            array, offset, offset + length, that.array, that.offset, that.offset + that.length);
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (int i = offset; i < offset + length; i++) {
      hash = 31 * hash + array[i];
    }
    return hash;
  }

  /** Printable ASCII as it is, everything else as {@code \xNN}. Never parsed again. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(length);
    for (int i = offset; i < offset + length; i++) {
      int b = array[i] & 0xff;
      if (b == '\\') {
        text.append("\\\\");
      } else if (b >= 0x20 && b < 0x7f) {
        text.append((char) b);
      } else {
        text.append(String.format("\\x%02x", b));
      }
    }
    return text.toString();
  }
}
