package dev.terrane.server.traffic;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.terrane.common.Bytes;
import dev.terrane.engine.RowValue;
import dev.terrane.proto.kvrpcpb.KvPair;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The pairs of a large answer as they go over the wire, in pooled memory beside the heap: a field
 * of the response, repeated.
 *
 * <p>What is read of an answer of many mebibytes would outlive the heap's young generation, and
 * each few such answers would cost a collection of the whole heap, in which nobody else is served.
 * Here rows are copied from the engine to their places in the message. How much there is of this
 * memory is bounded by the traffic that answers are counted on.
 *
 * <p>Used by one thread at a time.
 */
public final class WirePairs {
  /**
   * Has the largest values there are in its chunks of 16 MiB: what does not fit into a chunk would
   * be mapped, and set to zero, each time. No thread keeps any of it.
   */
  public static final PooledByteBufAllocator POOL =
      new PooledByteBufAllocator(true, 0, 1, 8192, 11, 0, 0, false);

  private static final int CHUNK_BYTES = 256 << 10;
  private static final ByteBuffer NO_ROOM = ByteBuffer.allocateDirect(0);

  /** A tag of one or two bytes and a length. */
  private static final int PREFIX_BYTES_MAX = 7;

  private final ByteBufAllocator allocator;
  private final int field;
  private final List<ByteBuf> chunks = new ArrayList<>();
  private long bytes;

  /**
   * @param field of the response, below 2048
   */
  public WirePairs(ByteBufAllocator allocator, int field) {
    this.allocator = allocator;
    this.field = field;
  }

  /** How long the value of {@code row} is. */
  public static int length(RowValue row) {
    return row.copyValue(NO_ROOM.duplicate());
  }

  public void add(Bytes key, Bytes value) {
    ByteBuf chunk = begin(key, value.length());
    chunk.writeBytes(value.backingArray(), value.offset(), value.length());
  }

  /** Returns how long the value is. */
  public int add(Bytes key, RowValue value) {
    int length = length(value);
    ByteBuf chunk = begin(key, length);
    int start = chunk.writerIndex();
    value.copyValue(chunk.nioBuffer(start, length));
    chunk.writerIndex(start + length);
    return length;
  }

  /** Writes everything of a pair but its value, into a chunk with room for that. */
  private ByteBuf begin(Bytes key, int valueLength) {
    int pairLength =
        lengthOf(KvPair.KEY_FIELD_NUMBER, key.length())
            + lengthOf(KvPair.VALUE_FIELD_NUMBER, valueLength);
    ByteBuf chunk = room(PREFIX_BYTES_MAX + pairLength);
    writePrefix(chunk, field, pairLength);
    if (!key.isEmpty()) {
      writePrefix(chunk, KvPair.KEY_FIELD_NUMBER, key.length());
      chunk.writeBytes(key.backingArray(), key.offset(), key.length());
    }
    if (valueLength > 0) {
      writePrefix(chunk, KvPair.VALUE_FIELD_NUMBER, valueLength);
    }
    bytes += prefixLength(field, pairLength) + pairLength;
    return chunk;
  }

  private ByteBuf room(int wanted) {
    if (chunks.isEmpty() || chunks.getLast().writableBytes() < wanted) {
      int size = Math.max(wanted, CHUNK_BYTES);
      chunks.add(newChunk(size));
    }
    return chunks.getLast();
  }

  /** In the heap, if there is no memory beside it: what is read has been promised its room. */
  private ByteBuf newChunk(int size) {
    try {
      return allocator.directBuffer(size, size);
    } catch (OutOfMemoryError none) {
      return allocator.heapBuffer(size, size);
    }
  }

  /** Empty fields are left out. */
  private static int lengthOf(int field, int length) {
    return length == 0 ? 0 : prefixLength(field, length) + length;
  }

  static int prefixLength(int field, int length) {
    return CodedOutputStream.computeTagSize(field)
        + CodedOutputStream.computeUInt32SizeNoTag(length);
  }

  private static void writePrefix(ByteBuf chunk, int field, int length) {
    writeVarint(chunk, (field << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED);
    writeVarint(chunk, length);
  }

  private static void writeVarint(ByteBuf chunk, int value) {
    int left = value;
    while ((left & ~0x7f) != 0) {
      chunk.writeByte((left & 0x7f) | 0x80);
      left >>>= 7;
    }
    chunk.writeByte(left);
  }

  /** What they take on the wire. */
  public long bytes() {
    return bytes;
  }

  void writeTo(OutputStream target) throws IOException {
    for (ByteBuf chunk : chunks) {
      chunk.getBytes(0, target, chunk.writerIndex());
    }
  }

  /** Nobody needs them any more. Idempotent. */
  public void free() {
    chunks.forEach(ByteBuf::release);
    chunks.clear();
  }

  /** These pairs alone, as a response. */
  public WireAnswer answer() {
    return new WireAnswer(new byte[0], this, new byte[0]);
  }
}
