package dev.terrane.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.raft.Entry;
import dev.terrane.raft.EntryKind;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogSizeTest {
  private static final int ENTRY_BYTES = 64 << 10;

  private static LogSize filled(long from, int entries) {
    LogSize size = new LogSize(from);
    for (int i = 1; i <= entries; i++) {
      size.appended(
          List.of(
              new Entry(
                  from + i,
                  1,
                  EntryKind.NORMAL,
                  Bytes.wrap(new byte[ENTRY_BYTES - Entry.OVERHEAD_BYTES]))));
    }
    return size;
  }

  @Test
  void findsWhereToCutSoThatAboutEnoughIsLeft() {
    LogSize size = filled(100, 64);
    assertThat(size.bytes()).isEqualTo(64L * ENTRY_BYTES);

    long point = size.releasePoint(1 << 20);

    assertThat(point).isBetween(100L + 48 - 4, 100L + 48);
    size.released(point);
    assertThat(size.bytes()).isBetween(1L << 20, (1L << 20) + (256 << 10));
    assertThat(size.releasePoint(1 << 20)).isLessThanOrEqualTo(point);
  }

  @Test
  void aSmallLogIsNotCut() {
    assertThat(filled(0, 3).releasePoint(1 << 20)).isZero();
  }

  @Test
  void aSnapshotBeginsItAnew() {
    LogSize size = filled(0, 64);
    size.reset(500);
    assertThat(size.bytes()).isZero();
    assertThat(size.releasePoint(1 << 20)).isZero();
  }
}
