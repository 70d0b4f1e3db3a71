package dev.terrane.proto;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.terrane.common.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Bridges between {@link Bytes} and protobuf's {@link ByteString}, without copying where that is
 * possible. Both are immutable, so the result may share the array of what it was made of, and keeps
 * it alive.
 */
public final class ProtoBytes {
  private ProtoBytes() {}

  /** The same bytes; never a copy. */
  public static ByteString toByteString(Bytes bytes) {
    return bytes.isEmpty()
        ? ByteString.EMPTY
        : UnsafeByteOperations.unsafeWrap(bytes.backingArray(), bytes.offset(), bytes.length());
  }

  /** The same bytes; a copy only where {@code string} is not one piece of a Java array. */
  public static Bytes toBytes(ByteString string) {
    if (string.isEmpty()) {
      return Bytes.EMPTY;
    }
    Pieces pieces = new Pieces();
    try {
      UnsafeByteOperations.unsafeWriteTo(string, pieces);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    Bytes whole = pieces.first;
    return whole != null && whole.length() == string.size()
        ? whole
        : Bytes.wrap(string.toByteArray());
  }

  public static List<ByteString> toByteStrings(List<Bytes> all) {
    List<ByteString> strings = new ArrayList<>(all.size());
    for (Bytes bytes : all) {
      strings.add(toByteString(bytes));
    }
    return strings;
  }

  public static List<Bytes> toBytes(List<ByteString> strings) {
    List<Bytes> all = new ArrayList<>(strings.size());
    for (ByteString string : strings) {
      all.add(toBytes(string));
    }
    return all;
  }

  /**
   * Takes what a {@link ByteString} lets out of itself. Only the lazy forms share an array that is
   * never written again; only the first piece is kept, since several must be joined by a copy.
   */
  private static final class Pieces extends ByteOutput {
    private @Nullable Bytes first;

    @Override
    public void writeLazy(byte[] array, int offset, int length) {
      if (first == null) {
        first = Bytes.wrap(array, offset, length);
      }
    }

    @Override
    public void writeLazy(ByteBuffer buffer) {}

    @Override
    public void write(byte value) {}

    @Override
    public void write(byte[] array, int offset, int length) {}

    @Override
    public void write(ByteBuffer buffer) {}
  }
}
