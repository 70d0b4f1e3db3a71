package dev.terrane.engine;

import static dev.terrane.engine.ColumnFamily.DEFAULT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.common.Bytes;
import dev.terrane.common.InvariantViolation;
import dev.terrane.common.KeyRange;
import org.junit.jupiter.api.Test;

final class WriteBatchTest {
  private static final Bytes A = Bytes.ofUtf8("a");
  private static final Bytes B = Bytes.ofUtf8("b");

  @Test
  void countsChangesAndBytes() {
    WriteBatch batch = new WriteBatch();
    assertThat(batch.isEmpty()).isTrue();
    batch.put(DEFAULT, A, Bytes.wrap(new byte[100])).delete(DEFAULT, B);

    assertThat(batch.count()).isEqualTo(2);
    assertThat(batch.bytes()).isBetween(102L, 200L);
    batch.clear();
    assertThat(batch.count()).isZero();
    assertThat(batch.bytes()).isZero();
  }

  @Test
  void ignoresEmptyRanges() {
    WriteBatch batch = new WriteBatch().deleteRange(DEFAULT, new KeyRange(B, A));

    assertThat(batch.isEmpty()).isTrue();
  }

  @Test
  void refusesToGrowWithoutBound() {
    Bytes large = Bytes.wrap(new byte[8 << 20]);
    WriteBatch batch = new WriteBatch();

    assertThatThrownBy(
            () -> {
              while (true) {
                batch.put(DEFAULT, A, large);
              }
            })
        .isInstanceOf(InvariantViolation.class);
    assertThat(batch.bytes()).isLessThanOrEqualTo(WriteBatch.BYTES_MAX);
    assertThat(batch.count()).isEqualTo(15);
  }
}
