package dev.terrane.client.core;

import static dev.terrane.client.core.Bench.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionEpoch;
import java.util.List;
import org.junit.jupiter.api.Test;

final class KeyCodecTest {
  private static final KeyCodec VERSION2 = KeyCodec.version2(0x0102ff);

  @Test
  void version1LeavesKeysAsTheyAre() {
    KeyCodec codec = KeyCodec.version1();
    assertThat(codec.toPd(codec.toWire(key("k")))).isEqualTo(key("k"));
    assertThat(codec.toWire(KeyRange.ALL)).isEqualTo(KeyRange.ALL);
  }

  @Test
  void version2PrefixesKeysAndBoundsRanges() {
    assertThat(VERSION2.toWire(key("k"))).isEqualTo(Bytes.of('r', 1, 2, 0xff, 'k'));
    assertThat(VERSION2.toUser(VERSION2.toWire(key("k")))).isEqualTo(key("k"));
    assertThat(VERSION2.toWire(KeyRange.ALL))
        .as("the end carries over")
        .isEqualTo(new KeyRange(Bytes.of('r', 1, 2, 0xff), Bytes.of('r', 1, 3, 0)));
    assertThat(KeyCodec.version2(0xffffff).toWire(KeyRange.ALL).end()).isEqualTo(Bytes.of('s'));
  }

  @Test
  void pdHasVersion2BoundsEncoded() {
    assertThat(VERSION2.toPd(VERSION2.toWire(key("k"))))
        .isEqualTo(Bytes.of('r', 1, 2, 0xff, 'k', 0, 0, 0, 0xfc));
    KeyRange encoded = new KeyRange(Bytes.of('r', 1, 2, 0xff, 'k', 0, 0, 0, 0xfc), Bytes.EMPTY);
    assertThat(VERSION2.fromPd(new Region(1, encoded, RegionEpoch.FIRST, List.of())).range())
        .isEqualTo(new KeyRange(Bytes.of('r', 1, 2, 0xff, 'k'), Bytes.EMPTY));
  }

  @Test
  void boundsOfVersion1AreNotTakenForThoseOfVersion2() {
    Region plain = new Region(1, new KeyRange(key("k"), Bytes.EMPTY), RegionEpoch.FIRST, List.of());
    assertThatThrownBy(() -> VERSION2.fromPd(plain)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> KeyCodec.version2(1 << 24))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
