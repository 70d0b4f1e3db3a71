package dev.terrane.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyRangeTest {
  /** Every range over a tiny key space, held against membership key by key. */
  @Test
  void agreesWithMembershipOfEveryKey() {
    List<Bytes> keys = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      keys.add(Bytes.of(i));
    }
    keys.add(Bytes.EMPTY); // the least key, and as a bound none
    List<Bytes> bounds = List.copyOf(keys);
    List<KeyRange> ranges = new ArrayList<>();
    for (Bytes start : bounds) {
      for (Bytes end : bounds) {
        ranges.add(new KeyRange(start, end));
      }
    }
    for (KeyRange a : ranges) {
      if (a.isEmpty()) {
        assertThat(keys).noneMatch(a::contains);
        continue;
      }
      for (KeyRange b : ranges) {
        if (b.isEmpty()) {
          continue;
        }
        boolean share = keys.stream().anyMatch(key -> a.contains(key) && b.contains(key));
        assertThat(a.overlaps(b)).as("%s overlaps %s", a, b).isEqualTo(share);
        KeyRange both = a.intersect(b);
        for (Bytes key : keys) {
          assertThat(both.contains(key)).isEqualTo(a.contains(key) && b.contains(key));
        }
        if (a.contains(b)) {
          assertThat(keys).allMatch(key -> !b.contains(key) || a.contains(key));
        }
      }
    }
  }

  @Test
  void anEmptyEndIsAboveEveryKey() {
    assertThat(KeyRange.ALL.contains(Bytes.of(0xff, 0xff, 0xff))).isTrue();
    assertThat(KeyRange.ALL.contains(Bytes.EMPTY)).isTrue();
    assertThat(new KeyRange(Bytes.of(2), Bytes.of(2)).isEmpty()).isTrue();
  }
}
