package dev.terrane.store.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.terrane.common.Bytes;
import dev.terrane.proto.ProtoBytes;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PairsTest {
  @Test
  void givesBackEveryPair() {
    Map<Bytes, Bytes> pairs = new TreeMap<>();
    for (int length : new int[] {0, 1, 127, 128, 129, 16_383, 16_384, 70_000}) {
      pairs.put(Bytes.wrap(new byte[] {(byte) (length % 251)}), Bytes.wrap(new byte[length]));
    }
    Pairs.Builder builder = new Pairs.Builder(16);
    pairs.forEach(builder::add);
    ByteString packed = ProtoBytes.toByteString(builder.build());

    Map<Bytes, Bytes> read = new TreeMap<>();
    assertThat(Pairs.forEach(packed, read::put)).isEqualTo(pairs.size());
    assertThat(read).isEqualTo(pairs);
    assertThat(builder.bytes()).isEqualTo(packed.size());
  }

  @Test
  void refusesWhatIsCutOff() {
    Pairs.Builder builder = new Pairs.Builder(16);
    builder.add(Bytes.ofUtf8("key"), Bytes.ofUtf8("value"));
    ByteString whole = ProtoBytes.toByteString(builder.build());
    for (int length = 1; length < whole.size(); length++) {
      ByteString cut = whole.substring(0, length);
      assertThatThrownBy(() -> Pairs.forEach(cut, (_, _) -> {}))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
