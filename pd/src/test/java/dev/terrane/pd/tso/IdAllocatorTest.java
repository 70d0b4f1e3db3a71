package dev.terrane.pd.tso;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IdAllocatorTest {
  @Test
  void hasNothingBeforeAWindowIsReserved() {
    IdAllocator ids = new IdAllocator(100);
    assertThat(ids.has(1)).isFalse();
    assertThat(ids.toReserve(0)).isEqualTo(100);
    assertThat(ids.toReserve(0)).as("one reservation at a time").isZero();
    ids.reserved(1, 100);
    assertThat(ids.allocate(1)).isEqualTo(1);
    assertThat(ids.allocate(4)).as("the last of the batch").isEqualTo(5);
  }

  @Test
  void asksAgainAfterALoss() {
    IdAllocator ids = new IdAllocator(100);
    ids.toReserve(0);
    ids.notReserved();
    assertThat(ids.toReserve(0)).isEqualTo(100);
  }

  @Test
  void reservesAheadOfUseAndMoreForALargeBatch() {
    IdAllocator ids = new IdAllocator(100);
    ids.reserved(1, 100);
    ids.allocate(50);
    assertThat(ids.toReserve(0)).isZero();
    ids.allocate(1);
    assertThat(ids.toReserve(0)).isEqualTo(100);
    ids.reserved(101, 200);
    assertThat(ids.toReserve(5_000)).isEqualTo(5_100);
  }

  @Test
  void aBatchGoesOverTheBorderOfTwoAdjacentWindows() {
    IdAllocator ids = new IdAllocator(100);
    ids.reserved(1, 100);
    ids.reserved(101, 200);
    assertThat(ids.allocate(150)).isEqualTo(150);
  }

  @Test
  void aBatchIsNeverSpreadOverTwoWindowsApart() {
    IdAllocator ids = new IdAllocator(10);
    ids.reserved(1, 10);
    ids.reserved(21, 30);
    ids.allocate(5);
    assertThat(ids.has(6)).isTrue();
    assertThat(ids.allocate(6)).isEqualTo(26);
  }

  @Test
  void neverGivesAnIdTwice() {
    Random random = new Random(11);
    Set<Long> given = new HashSet<>();
    long highWater = 0;
    IdAllocator ids = new IdAllocator(50);
    for (int i = 0; i < 5_000; i++) {
      if (random.nextInt(100) == 0) {
        ids = new IdAllocator(50); // another leader: the rest of the windows is lost
      }
      long count = random.nextLong(1, 21);
      long wanted = ids.toReserve(count);
      if (wanted != 0 && random.nextInt(4) == 0) {
        ids.notReserved();
      } else if (wanted != 0) {
        ids.reserved(highWater + 1, highWater + wanted);
        highWater += wanted;
      }
      if (ids.has(count)) {
        long last = ids.allocate(count);
        for (long id = last - count + 1; id <= last; id++) {
          assertThat(given.add(id)).as("id %d", id).isTrue();
        }
      }
    }
    assertThat(given).hasSizeGreaterThan(10_000);
  }
}
