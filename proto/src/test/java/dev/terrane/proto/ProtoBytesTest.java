package dev.terrane.proto;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.terrane.common.Bytes;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

final class ProtoBytesTest {
  @Test
  void wrapsWithoutACopyBothWays() {
    Bytes slice = Bytes.ofUtf8("0123456789").slice(2, 5);

    Bytes back = ProtoBytes.toBytes(ProtoBytes.toByteString(slice));

    assertThat(back).isEqualTo(Bytes.ofUtf8("23456"));
    assertThat(back.backingArray()).isSameAs(slice.backingArray());
  }

  @Test
  void joinsAStringOfSeveralPieces() {
    ByteString left = ByteString.copyFromUtf8("l".repeat(500));
    ByteString right = ByteString.copyFromUtf8("r".repeat(500));

    assertThat(ProtoBytes.toBytes(left.concat(right)))
        .isEqualTo(Bytes.ofUtf8("l".repeat(500) + "r".repeat(500)));
  }

  @Test
  void copiesAStringThatLivesOutsideTheHeap() {
    ByteBuffer direct = ByteBuffer.allocateDirect(3).put(new byte[] {1, 2, 3}).flip();

    assertThat(ProtoBytes.toBytes(UnsafeByteOperations.unsafeWrap(direct)))
        .isEqualTo(Bytes.of(1, 2, 3));
  }

  @Test
  void emptyIsEmpty() {
    assertThat(ProtoBytes.toBytes(ByteString.EMPTY)).isSameAs(Bytes.EMPTY);
    assertThat(ProtoBytes.toByteString(Bytes.EMPTY)).isSameAs(ByteString.EMPTY);
  }
}
