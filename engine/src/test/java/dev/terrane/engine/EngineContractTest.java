package dev.terrane.engine;

import static dev.terrane.engine.ColumnFamily.DEFAULT;
import static dev.terrane.engine.ColumnFamily.LOCK;
import static dev.terrane.engine.ColumnFamily.REGION;
import static dev.terrane.engine.ColumnFamily.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What readers and writers of any engine may rely on, one fact a test. */
@ParameterizedClass
@EnumSource(EngineFixture.Kind.class)
final class EngineContractTest {
  private static final Bytes A = Bytes.ofUtf8("a");
  private static final Bytes B = Bytes.ofUtf8("b");
  private static final Bytes C = Bytes.ofUtf8("c");
  private static final Bytes ONE = Bytes.ofUtf8("1");
  private static final Bytes TWO = Bytes.ofUtf8("2");

  private final EngineFixture fixture;

  EngineContractTest(EngineFixture.Kind kind, @TempDir Path directory) {

    fixture = kind.start(directory);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private KvEngine engine() {
    return fixture.engine();
  }

  private void put(ColumnFamily family, Bytes key, Bytes value) {
    engine().write(new WriteBatch().put(family, key, value));
  }

  @Test
  void keepsColumnFamiliesApart() {
    engine().write(new WriteBatch().put(DEFAULT, A, ONE).put(LOCK, A, TWO));

    assertThat(engine().get(DEFAULT, A)).isEqualTo(ONE);
    assertThat(engine().get(LOCK, A)).isEqualTo(TWO);
    assertThat(engine().get(WRITE, A)).isNull();
    assertThat(engine().get(REGION, A)).isNull();
  }

  @Test
  void tellsAnEmptyValueFromNone() {
    put(DEFAULT, A, Bytes.EMPTY);

    assertThat(engine().get(DEFAULT, A)).isEqualTo(Bytes.EMPTY);
    assertThat(engine().get(DEFAULT, B)).isNull();
    assertThat(engine().multiGet(DEFAULT, List.of(B, A))).containsExactly(null, Bytes.EMPTY);
  }

  @Test
  void acceptsTheEmptyKey() {
    put(DEFAULT, Bytes.EMPTY, ONE);

    assertThat(engine().get(DEFAULT, Bytes.EMPTY)).isEqualTo(ONE);
  }

  @Test
  void readsAndWritesSlices() {
    Bytes whole = Bytes.ofUtf8("xxkeyxx");
    put(DEFAULT, whole.slice(2, 3), whole.slice(4, 2));

    assertThat(engine().get(DEFAULT, Bytes.ofUtf8("-key-").slice(1, 3)))
        .isEqualTo(Bytes.ofUtf8("yx"));
    assertThat(engine().get(DEFAULT, whole)).isNull();
  }

  @Test
  void laterChangesOfABatchWin() {
    engine()
        .write(
            new WriteBatch()
                .put(DEFAULT, A, ONE)
                .put(DEFAULT, B, ONE)
                .delete(DEFAULT, A)
                .deleteRange(DEFAULT, new KeyRange(B, C))
                .put(DEFAULT, A, TWO));

    assertThat(engine().get(DEFAULT, A)).isEqualTo(TWO);
    assertThat(engine().get(DEFAULT, B)).isNull();
  }

  @Test
  void batchCanBeUsedAgain() {
    WriteBatch batch = new WriteBatch().put(DEFAULT, A, ONE);
    engine().write(batch);
    engine().write(new WriteBatch().delete(DEFAULT, A));
    engine().write(batch);
    assertThat(engine().get(DEFAULT, A)).isEqualTo(ONE);

    batch.clear();
    engine().write(new WriteBatch().delete(DEFAULT, A));
    engine().write(batch);
    assertThat(engine().get(DEFAULT, A)).isNull();
  }

  @Test
  void rangeWithoutEndDeletesTheGreatestKeysToo() {
    Bytes least = Bytes.of(new int[40]);
    Bytes high = highKey(40);
    Bytes higherStill = highKey(60);
    put(DEFAULT, least, ONE);
    put(DEFAULT, high, ONE);
    put(LOCK, high, ONE);
    engine()
        .write(
            new WriteBatch()
                .put(DEFAULT, higherStill, ONE)
                .deleteRange(DEFAULT, new KeyRange(A, Bytes.EMPTY)));

    assertThat(engine().get(DEFAULT, high)).isNull();
    assertThat(engine().get(DEFAULT, higherStill)).isNull();
    assertThat(engine().get(DEFAULT, least)).as("below the range").isEqualTo(ONE);
    assertThat(engine().get(LOCK, high)).as("another family").isEqualTo(ONE);
  }

  private static Bytes highKey(int length) {
    int[] bytes = new int[length];
    Arrays.fill(bytes, 0xff);
    return Bytes.of(bytes);
  }

  @Test
  void snapshotStaysAtItsMoment() {
    put(DEFAULT, A, ONE);
    try (EngineSnapshot snapshot = engine().snapshot()) {
      engine().write(new WriteBatch().put(DEFAULT, A, TWO).put(LOCK, B, TWO));
      fixture.flush();
      engine().compact(KeyRange.ALL);

      assertThat(snapshot.get(DEFAULT, A)).isEqualTo(ONE);
      assertThat(snapshot.get(LOCK, B)).isNull();
      assertThat(snapshot.multiGet(DEFAULT, List.of(A, B))).containsExactly(ONE, null);
      assertThat(engine().get(DEFAULT, A)).isEqualTo(TWO);
    }
  }

  @Test
  void cursorOutlivesItsSnapshot() {
    put(DEFAULT, A, ONE);
    EngineSnapshot snapshot = engine().snapshot();
    try (Cursor cursor = snapshot.cursor(DEFAULT, KeyRange.ALL)) {
      put(DEFAULT, A, TWO);
      snapshot.close();
      fixture.flush();

      assertThat(cursor.seekToFirst()).isTrue();
      assertThat(cursor.value()).isEqualTo(ONE);
    }
  }

  @Test
  void memoryAnswersForWhatWasJustWritten() {
    put(DEFAULT, A, ONE);

    assertThat(engine().getCached(DEFAULT, A)).isEqualTo(new CachedRead.Found(ONE));
    assertThat(engine().getCached(DEFAULT, B)).isEqualTo(CachedRead.ABSENT);
  }

  @Test
  void restartKeepsWhatWasNeverSynced() {
    put(DEFAULT, A, ONE);
    put(REGION, A, TWO);
    fixture.restart();

    assertThat(engine().get(DEFAULT, A)).isEqualTo(ONE);
    assertThat(engine().get(REGION, A)).isEqualTo(TWO);
  }

  @Test
  void estimatesFollowTheData() {
    int keys = 20_000;
    for (int i = 0; i < keys; i += 100) {
      WriteBatch batch = new WriteBatch();
      for (int j = i; j < i + 100; j++) {
        batch.put(DEFAULT, key(j), key(j * 7919).concat(key(j * 104_729)));
      }
      engine().write(batch);
    }
    for (boolean flushed : List.of(false, true)) {
      if (flushed) {
        fixture.flush();
        engine().compact(KeyRange.ALL);
      }
      KeyRange firstQuarter = new KeyRange(Bytes.EMPTY, key(keys / 4));
      long all = engine().approximateSize(DEFAULT, KeyRange.ALL);
      assertThat(all).isEqualTo(engine().approximateSize(KeyRange.ALL)).isPositive();
      assertThat((double) engine().approximateSize(DEFAULT, firstQuarter) / all)
          .isBetween(0.1, 0.45);
      assertThat(engine().approximateKeys(DEFAULT, KeyRange.ALL)).isBetween(10_000L, 40_000L);
      assertThat(engine().approximateKeys(DEFAULT, firstQuarter)).isBetween(2_000L, 10_000L);
      assertThat(engine().approximateKeys(LOCK, KeyRange.ALL)).isZero();
      // RocksDB counts a range of a memtable by sampling it, so that the middle strays there.
      assertThat(engine().middleKey(DEFAULT, KeyRange.ALL))
          .isBetween(key(keys / 4), key(keys * 3 / 4));
      assertThat(engine().middleKey(DEFAULT, firstQuarter))
          .isBetween(key(keys / 20), key(keys / 5));
    }
  }

  private static Bytes key(int number) {
    return Bytes.ofUtf8(String.format("t%010d", number));
  }

  @Test
  void middleKeyOfFewKeysIsExactAndNeverTheFirst() {
    assertThat(engine().middleKey(DEFAULT, KeyRange.ALL)).isNull();
    put(DEFAULT, A, ONE);
    assertThat(engine().middleKey(DEFAULT, KeyRange.ALL)).isNull();
    put(DEFAULT, B, ONE);
    assertThat(engine().middleKey(DEFAULT, KeyRange.ALL)).isEqualTo(B);
    put(DEFAULT, C, ONE);
    put(DEFAULT, Bytes.ofUtf8("d"), ONE);
    assertThat(engine().middleKey(DEFAULT, KeyRange.ALL)).isEqualTo(C);
    put(DEFAULT, A, Bytes.wrap(new byte[1000]));
    assertThat(engine().middleKey(DEFAULT, KeyRange.ALL)).isEqualTo(B);
    assertThat(engine().middleKey(DEFAULT, new KeyRange(C, C))).isNull();
  }

  @Test
  void signalsAreSane() {
    put(DEFAULT, A, ONE);
    fixture.barrier();

    FlowSignals signals = engine().flowSignals();
    assertThat(signals.memtableBytes()).isPositive();
    assertThat(signals.diskFreeBytes()).isPositive();
    assertThat(signals.stall()).isEqualTo(StallState.NONE);
    assertThat(engine().statistics().logBytesWritten()).isPositive();
    assertThat(engine().statistics().logSyncs()).isEqualTo(1);
  }
}
