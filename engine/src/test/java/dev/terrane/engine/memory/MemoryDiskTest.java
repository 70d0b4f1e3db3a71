package dev.terrane.engine.memory;

import static dev.terrane.engine.ColumnFamily.DEFAULT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.engine.CachedRead;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.EngineClosedException;
import dev.terrane.engine.EngineException;
import dev.terrane.engine.StallState;
import dev.terrane.engine.WriteBatch;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The faults that a test or a simulation can order. */
final class MemoryDiskTest {
  private static final Bytes KEY = Bytes.ofUtf8("key");

  private final MemoryDisk disk = new MemoryDisk();

  private static WriteBatch put(int value) {
    return new WriteBatch().put(DEFAULT, KEY, Bytes.of(value)).put(ColumnFamily.LOCK, KEY, KEY);
  }

  @Test
  void powerCutsReachEveryMomentSinceTheBarrierAndNoOther() {
    Set<Integer> left = new HashSet<>();
    for (long seed = 0; seed < 200; seed++) {
      MemoryDisk cut = new MemoryDisk();
      MemoryEngine engine = MemoryEngine.open(cut);
      for (int i = 0; i < 10; i++) {
        engine.write(put(i));
        if (i == 4) {
          engine.barrier();
        }
      }
      cut.crash(new Random(seed));
      Bytes value = MemoryEngine.open(cut).get(DEFAULT, KEY);
      left.add(value == null ? -1 : (int) value.at(0));
    }
    assertThat(left).containsExactlyInAnyOrder(4, 5, 6, 7, 8, 9);
  }

  @Test
  void sameSeedLeavesTheSame() {
    for (long seed = 0; seed < 20; seed++) {
      assertThat(afterCut(seed)).isEqualTo(afterCut(seed));
    }
  }

  private static int afterCut(long seed) {
    MemoryDisk cut = new MemoryDisk();
    MemoryEngine engine = MemoryEngine.open(cut);
    for (int i = 0; i < 2 * History.MOMENTS_MAX; i++) {
      engine.write(new WriteBatch().put(DEFAULT, Bytes.of(i >> 8, i & 0xff), KEY));
    }
    cut.crash(new Random(seed));
    return (int) MemoryEngine.open(cut).approximateKeys(DEFAULT, KeyRange.ALL);
  }

  @Test
  void killedProcessLosesNothingAndLetsGo() {
    MemoryEngine engine = MemoryEngine.open(disk);
    engine.write(put(1));
    disk.kill();

    assertThatThrownBy(() -> engine.write(put(2))).isInstanceOf(EngineClosedException.class);
    assertThat(MemoryEngine.open(disk).get(DEFAULT, KEY)).isEqualTo(Bytes.of(1));
  }

  @Test
  void oneEngineAtATime() {
    MemoryEngine engine = MemoryEngine.open(disk);
    assertThatThrownBy(() -> MemoryEngine.open(disk)).isInstanceOf(EngineException.class);
    engine.close();
    MemoryEngine.open(disk).close();
  }

  @Test
  void failedSyncStopsWritesForGood() {
    MemoryEngine engine = MemoryEngine.open(disk);
    engine.write(put(1));
    disk.failNextSync();

    assertThatThrownBy(engine::barrier).isInstanceOf(EngineException.class);
    assertThatThrownBy(engine::barrier).isInstanceOf(EngineException.class);
    assertThatThrownBy(() -> engine.write(put(2)))
        .isInstanceOfSatisfying(EngineException.class, e -> assertThat(e.retryable()).isFalse());
    assertThat(engine.get(DEFAULT, KEY)).isEqualTo(Bytes.of(1));
    disk.crash(new Random(1));
    MemoryEngine.open(disk).barrier();
  }

  @Test
  void fullDiskRefusesUntilThereIsSpace() {
    MemoryEngine engine = MemoryEngine.open(disk);
    disk.setFreeBytes(10);
    assertThatThrownBy(() -> engine.write(put(1)))
        .isInstanceOfSatisfying(EngineException.class, e -> assertThat(e.retryable()).isTrue());
    assertThat(engine.get(DEFAULT, KEY)).isNull();
    assertThat(engine.flowSignals().diskFreeBytes()).isEqualTo(10);
    disk.setFreeBytes(1000);
    engine.write(put(1));
    assertThat(engine.get(DEFAULT, KEY)).isEqualTo(Bytes.of(1));
  }

  @Test
  void reportsStallsAndColdReadsAsTold() {
    MemoryEngine engine = MemoryEngine.open(disk);
    engine.write(put(1));
    disk.setStall(StallState.STOPPED);
    disk.setColdReadEvery(2);

    assertThat(engine.flowSignals().stall()).isEqualTo(StallState.STOPPED);
    assertThat(engine.getCached(DEFAULT, KEY)).isEqualTo(new CachedRead.Found(Bytes.of(1)));
    assertThat(engine.getCached(DEFAULT, KEY)).isEqualTo(CachedRead.NEEDS_DISK);
  }
}
