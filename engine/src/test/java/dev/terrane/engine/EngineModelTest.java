package dev.terrane.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Random work on an engine and on sorted maps must come to the same. */
@ParameterizedClass
@EnumSource(EngineFixture.Kind.class)
final class EngineModelTest {
  private static final int STEPS = 600;

  private final EngineFixture.Kind kind;

  @TempDir Path directory;

  EngineModelTest(EngineFixture.Kind kind) {
    this.kind = kind;
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void agreesWithSortedMaps(long seed) {
    try (EngineFixture fixture = kind.start(directory)) {
      new Run(fixture, new Random(seed)).run();
    }
  }

  private record Held(EngineSnapshot snapshot, Model model) {}

  private static final class Run {
    private final EngineFixture fixture;
    private final Random random;
    private final RandomBatches draw;
    private final Model model = new Model();
    private final List<Held> held = new ArrayList<>();
    private int files;

    Run(EngineFixture fixture, Random random) {
      this.fixture = fixture;
      this.random = random;
      draw = new RandomBatches(random);
    }

    void run() {
      for (int step = 0; step < STEPS; step++) {
        step();
      }
      assertThat(Model.read(fixture.engine())).isEqualTo(model);
      held.forEach(h -> assertThat(Model.read(h.snapshot)).isEqualTo(h.model));
    }

    private void step() {
      switch (random.nextInt(100)) {
        case 0 -> {
          held.clear(); // a restart closes them
          fixture.restart();
        }
        case 1, 2 -> fixture.flush();
        case 3 -> fixture.engine().compact(draw.range());
        case 4 -> fixture.barrier();
        case 5, 6, 7 -> ingest();
        case 8, 9 -> held.add(new Held(fixture.engine().snapshot(), model.copy()));
        case 10, 11 -> {
          if (!held.isEmpty()) {
            held.remove(random.nextInt(held.size())).snapshot.close();
          }
        }
        case 12, 13, 14, 15, 16, 17, 18, 19, 20, 21 -> walk();
        case 22, 23, 24, 25, 26, 27, 28, 29 -> read();
        default -> {
          WriteBatch batch = draw.batch();
          fixture.engine().write(batch);
          model.apply(batch);
        }
      }
    }

    private void ingest() {
      ColumnFamily family = draw.family();
      TreeMap<Bytes, Bytes> content = new TreeMap<>();
      for (int i = 1 + random.nextInt(10); i > 0; i--) {
        content.put(draw.key(), draw.value());
      }
      Path file = fixture.files().resolve("model" + files++ + ".sst");
      try (SstWriter writer = fixture.engine().sstWriter(family, file)) {
        content.forEach((key, value) -> {
          if (value.isEmpty()) {
            writer.delete(key);
            model.of(family).remove(key);
          } else {
            writer.put(key, value);
            model.of(family).put(key, value);
          }
        });
        writer.finish();
      }
      fixture.engine().ingest(Map.of(family, List.of(file)));
    }

    private void read() {
      int which = random.nextInt(held.size() + 1);
      KvReader reader = which == 0 ? fixture.engine() : held.get(which - 1).snapshot;
      Model expected = which == 0 ? model : held.get(which - 1).model;
      ColumnFamily family = draw.family();
      List<Bytes> keys = List.of(draw.key(), draw.key(), draw.key());
      List<@Nullable Bytes> values = new ArrayList<>();
      for (Bytes key : keys) {
        Bytes value = expected.of(family).get(key);
        values.add(value);
        assertThat(reader.get(family, key)).isEqualTo(value);
        switch (reader.getCached(family, key)) {
          case CachedRead.Found found -> assertThat(found.value()).isEqualTo(value);
          case CachedRead.Absent _ -> assertThat(value).isNull();
          case CachedRead.NeedsDisk _ -> {} // always allowed
        }
      }
      assertThat(reader.multiGet(family, keys)).isEqualTo(values);
    }

    private void walk() {
      ColumnFamily family = draw.family();
      KeyRange range = draw.range();
      NavigableMap<Bytes, Bytes> expected = new TreeMap<>(model.in(family, range));
      ScanKind scan = random.nextBoolean() ? ScanKind.REQUEST : ScanKind.BULK;
      try (Cursor cursor = fixture.engine().cursor(family, range, scan)) {
        if (random.nextBoolean()) {
          WriteBatch later = draw.batch(); // which the cursor must not see
          fixture.engine().write(later);
          model.apply(later);
        }
        Bytes at = null;
        for (int move = 0; move < 20; move++) {
          at = move(cursor, expected, at);
          assertThat(cursor.isValid()).isEqualTo(at != null);
          if (at != null) {
            assertThat(cursor.key()).isEqualTo(at);
            assertThat(cursor.value()).isEqualTo(expected.get(at));
          }
        }
      }
    }

    /** Moves the cursor and answers where it should stand. */
    private @Nullable Bytes move(
        Cursor cursor, NavigableMap<Bytes, Bytes> expected, @Nullable Bytes at) {
      Bytes target = draw.key();
      return switch (random.nextInt(at == null ? 4 : 12)) {
        case 0 -> {
          cursor.seekToFirst();
          yield expected.isEmpty() ? null : expected.firstKey();
        }
        case 1 -> {
          cursor.seekToLast();
          yield expected.isEmpty() ? null : expected.lastKey();
        }
        case 2 -> {
          cursor.seek(target);
          yield expected.ceilingKey(target);
        }
        case 3 -> {
          cursor.seekForPrev(target);
          yield expected.floorKey(target);
        }
        case 4, 5, 6, 7 -> {
          cursor.next();
          yield expected.higherKey(at);
        }
        default -> {
          cursor.prev();
          yield expected.lowerKey(at);
        }
      };
    }
  }
}
