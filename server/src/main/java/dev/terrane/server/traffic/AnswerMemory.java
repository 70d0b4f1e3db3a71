package dev.terrane.server.traffic;

import com.google.protobuf.ByteString;
import dev.terrane.common.Bytes;
import dev.terrane.engine.RowValue;
import dev.terrane.proto.ProtoBytes;

/**
 * Where the values of one large answer are, from when they are read until the answer is sent.
 *
 * <p>Used by one thread at a time.
 */
public interface AnswerMemory {
  /** The same bytes, which may be used until {@link #free}. */
  ByteString keep(Bytes value);

  /** The bytes of {@code value}, which may be used until {@link #free}. */
  ByteString keep(RowValue value);

  /** What was kept is not used any more. Idempotent. */
  void free();

  /** The heap: values stay where they are. */
  static AnswerMemory heap() {
    return new AnswerMemory() {
      @Override
      public ByteString keep(Bytes value) {
        return ProtoBytes.toByteString(value);
      }

      @Override
      public ByteString keep(RowValue value) {
        return keep(value.value());
      }

      @Override
      public void free() {}
    };
  }
}
