package dev.terrane.server.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.engine.RowValue;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.kvrpcpb.KvPair;
import dev.terrane.proto.kvrpcpb.RawScanResponse;
import dev.terrane.proto.tikvpb.BatchCommandsResponse;
import dev.terrane.proto.tikvpb.BatchCommandsResponse.Response;
import io.grpc.Drainable;
import io.grpc.protobuf.ProtoUtils;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is made in its wire form is the message that would have been made otherwise. */
class WirePairsTest {
  private static final int[] SIZES = {0, 1, 127, 128, 20_000, 262_143, 262_144, 1_000_000};

  enum Memory {
    BESIDE_THE_HEAP,
    EXHAUSTED;

    ByteBufAllocator allocator() {
      return switch (this) {
        case BESIDE_THE_HEAP -> new UnpooledByteBufAllocator(true);
        case EXHAUSTED -> new Exhausted();
      };
    }
  }

  /** Has nothing but the heap. */
  private static final class Exhausted extends AbstractByteBufAllocator {
    @Override
    protected ByteBuf newHeapBuffer(int initial, int max) {
      return Unpooled.buffer(initial, max);
    }

    @Override
    protected ByteBuf newDirectBuffer(int initial, int max) {
      throw new OutOfMemoryError("no direct memory");
    }

    @Override
    public boolean isDirectBufferPooled() {
      return false;
    }
  }

  private record Row(Bytes value) implements RowValue {
    @Override
    public int copyValue(ByteBuffer target) {
      int copied = Math.min(value.length(), target.remaining());
      target.put(target.position(), value.backingArray(), value.offset(), copied);
      target.limit(target.position() + copied);
      return value.length();
    }
  }

  @ParameterizedTest
  @EnumSource
  void areThePairsOfAMessage(Memory memory) throws IOException {
    Random random = new Random(1);
    WirePairs pairs = new WirePairs(memory.allocator(), RawScanResponse.KVS_FIELD_NUMBER);
    RawScanResponse.Builder expected = RawScanResponse.newBuilder();
    for (int i = 0; i < 60; i++) {
      byte[] bytes = new byte[SIZES[random.nextInt(SIZES.length)]];
      random.nextBytes(bytes);
      Bytes value = Bytes.wrap(bytes);
      Bytes key = Bytes.wrap(new byte[random.nextInt(300)]);
      if (i % 2 == 0) {
        pairs.add(key, value);
      } else {
        assertThat(pairs.add(key, new Row(value))).isEqualTo(value.length());
      }
      expected.addKvs(
          KvPair.newBuilder()
              .setKey(ProtoBytes.toByteString(key))
              .setValue(ProtoBytes.toByteString(value)));
    }
    RawScanResponse scan = expected.build();
    assertThat(pairs.bytes()).isEqualTo(scan.getSerializedSize());
    assertThat(written(pairs.answer())).isEqualTo(scan.toByteArray());

    BatchCommandsResponse ids = BatchCommandsResponse.newBuilder().addRequestIds(7).build();
    WireAnswer inBatch =
        pairs
            .answer()
            .in(Response.RAW_SCAN_FIELD_NUMBER)
            .in(BatchCommandsResponse.RESPONSES_FIELD_NUMBER)
            .with(ids);
    assertThat(BatchCommandsResponse.parseFrom(written(inBatch)))
        .isEqualTo(ids.toBuilder().addResponses(Response.newBuilder().setRawScan(scan)).build());
    inBatch.free();
    assertThat(pairs.answer().bytes()).isEqualTo(scan.getSerializedSize());
  }

  /** As gRPC has it. */
  @SuppressWarnings("unchecked") // of the marshaller that knows
  private static byte[] written(WireAnswer answer) throws IOException {
    WireAnswer.Writing<Object> marshaller =
        new WireAnswer.Writing<>(
            (io.grpc.MethodDescriptor.PrototypeMarshaller<Object>)
                (Object) ProtoUtils.marshaller(RawScanResponse.getDefaultInstance()));
    try (InputStream stream = marshaller.stream(answer)) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      int length = stream.available();
      assertThat(((Drainable) stream).drainTo(bytes)).isEqualTo(length);
      assertThat(stream.available()).isZero();
      assertThat(bytes.size()).isEqualTo(length).isEqualTo((int) answer.bytes());
      return bytes.toByteArray();
    }
  }
}
