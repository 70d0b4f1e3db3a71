package dev.terrane.server.net;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.terrane.common.Bytes;
import dev.terrane.engine.RowValue;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.server.traffic.AnswerMemory;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps values in Netty's pooled memory beside the heap. What is read of an answer of many
 * mebibytes would outlive the young generation, and each few such answers would cost a collection
 * of the whole heap, in which nobody else is served. The engine's rows are copied here without the
 * heap in between.
 *
 * <p>How much of it there is, is bounded by the traffic on which answers are counted; if there is
 * no memory of this kind all the same, values stay in the heap.
 */
public final class DirectMemory implements AnswerMemory {
  private static final int CHUNK_BYTES = 256 << 10;

  private final ByteBufAllocator allocator;
  private final List<ByteBuf> chunks = new ArrayList<>();
  private @Nullable ByteBuf open;

  public DirectMemory(ByteBufAllocator allocator) {
    this.allocator = allocator;
  }

  @Override
  public ByteString keep(Bytes value) {
    int length = value.length();
    ByteBuf chunk;
    try {
      chunk = open != null && open.writableBytes() >= length ? open : newChunk(length);
    } catch (OutOfMemoryError none) {
      return ProtoBytes.toByteString(value);
    }
    ByteBuffer kept = chunk.nioBuffer(chunk.writerIndex(), length);
    chunk.writeBytes(value.backingArray(), value.offset(), length);
    return UnsafeByteOperations.unsafeWrap(kept);
  }

  @Override
  public ByteString keep(RowValue value) {
    try {
      ByteBuf chunk = open == null ? newChunk(CHUNK_BYTES) : open;
      ByteBuffer kept = chunk.nioBuffer(chunk.writerIndex(), chunk.writableBytes());
      int length = value.copyValue(kept);
      if (length > kept.capacity()) {
        chunk = newChunk(length);
        kept = chunk.nioBuffer(0, length);
        value.copyValue(kept);
      }
      chunk.writerIndex(chunk.writerIndex() + length);
      return UnsafeByteOperations.unsafeWrap(kept);
    } catch (OutOfMemoryError none) {
      return ProtoBytes.toByteString(value.value());
    }
  }

  /** One with room for {@code bytes}; open to others, too, unless those are much. */
  private ByteBuf newChunk(int bytes) {
    boolean shared = bytes <= CHUNK_BYTES / 4 || bytes == CHUNK_BYTES;
    int size = shared ? CHUNK_BYTES : bytes;
    ByteBuf chunk = allocator.directBuffer(size, size);
    chunks.add(chunk);
    if (shared) {
      open = chunk;
    }
    return chunk;
  }

  @Override
  public void free() {
    chunks.forEach(ByteBuf::release);
    chunks.clear();
    open = null;
  }
}
