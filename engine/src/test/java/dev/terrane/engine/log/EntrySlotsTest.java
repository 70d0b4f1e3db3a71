package dev.terrane.engine.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntrySlotsTest {
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void behavesAsASortedMapWithHoles(long seed) {
    Random random = new Random(seed);
    EntrySlots slots = new EntrySlots();
    NavigableMap<Long, Long> model = new TreeMap<>();
    for (int step = 0; step < 5000; step++) {
      switch (random.nextInt(model.size() > 300 ? 8 : 6)) {
        case 0 -> set(slots, model, index(model, random, -5), step + 1);
        case 1, 2, 3 -> set(slots, model, index(model, random, 5), step + 1);
        case 4, 6 -> {
          if (!model.isEmpty()) {
            slots.removeFirst();
            model.remove(model.firstKey());
          }
        }
        default -> {
          if (!model.isEmpty()) {
            slots.removeLast();
            model.remove(model.lastKey());
          }
        }
      }
      check(slots, model);
    }
  }

  private static long index(NavigableMap<Long, Long> model, Random random, int reach) {
    if (model.isEmpty()) {
      return random.nextLong(1000, 1010);
    }
    return reach < 0
        ? Math.max(1, model.firstKey() - random.nextInt(-reach))
        : model.lastKey() + random.nextInt(reach) - 1;
  }

  private static void set(
      EntrySlots slots, NavigableMap<Long, Long> model, long index, long location) {
    slots.set(index, location, 2 * location);
    model.put(index, location);
    for (long i = model.firstKey(); i < model.lastKey(); i++) {
      model.putIfAbsent(i, Location.NONE);
    }
  }

  private static void check(EntrySlots slots, NavigableMap<Long, Long> model) {
    assertThat(slots.isEmpty()).isEqualTo(model.isEmpty());
    if (model.isEmpty()) {
      return;
    }
    assertThat(slots.firstIndex()).isEqualTo(model.firstKey());
    assertThat(slots.lastIndex()).isEqualTo(model.lastKey());
    model.forEach((index, location) -> {
      assertThat(slots.location(index)).isEqualTo(location);
      if (location != Location.NONE) {
        assertThat(slots.shape(index)).isEqualTo(2 * location);
      }
    });
    EntrySlots copy = slots.copy(model.firstKey(), model.lastKey());
    assertThat(copy.holds(model.lastKey())).isFalse();
    assertThat(copy.isEmpty()).isEqualTo(model.size() == 1);
  }
}
