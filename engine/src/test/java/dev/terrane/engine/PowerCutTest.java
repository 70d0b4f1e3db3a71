package dev.terrane.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * After a power cut an engine holds one moment of all column families, no older than the last
 * barrier, and every file that was ingested since.
 */
@ParameterizedClass
@EnumSource(EngineFixture.Kind.class)
final class PowerCutTest {
  private static final int POWER_CUTS = 12;

  private final EngineFixture.Kind kind;

  @TempDir Path directory;

  PowerCutTest(EngineFixture.Kind kind) {
    this.kind = kind;
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  void leavesOneMomentSinceTheLastBarrier(long seed) {
    Random random = new Random(seed);
    try (EngineFixture fixture = kind.start(directory)) {
      Run run = new Run(fixture, random);
      for (int i = 0; i < POWER_CUTS; i++) {
        run.work(1 + random.nextInt(60));
        run.powerCut();
      }
      assertThat(run.rolledBack).as("cuts that lost something").isPositive();
    }
  }

  /** Answers the model after an ingest, given the model before. */
  private interface Permanent extends UnaryOperator<Model> {}

  private static final class Run {
    private final EngineFixture fixture;
    private final Random random;
    private final RandomBatches draw;

    /**
     * The moments since the last barrier, the present last; beside each what was ingested there.
     */
    private final List<Model> moments = new ArrayList<>(List.of(new Model()));

    private final Map<Integer, Permanent> permanent = new TreeMap<>();
    private int files;
    private int rolledBack;

    Run(EngineFixture fixture, Random random) {
      this.fixture = fixture;
      this.random = random;
      draw = new RandomBatches(random);
    }

    void work(int steps) {
      for (int step = 0; step < steps; step++) {
        switch (random.nextInt(40)) {
          case 0, 1 -> barrier();
          case 2 -> fixture.flush();
          case 3, 4 -> ingest();
          default -> {
            WriteBatch batch = draw.batch();
            fixture.engine().write(batch);
            Model next = moments.getLast().copy();
            next.apply(batch);
            moments.add(next);
          }
        }
      }
    }

    private void barrier() {
      fixture.barrier();
      onlyMoment(moments.getLast());
    }

    private void onlyMoment(Model model) {
      moments.clear();
      moments.add(model);
      permanent.clear();
    }

    private void ingest() {
      ColumnFamily family = draw.family();
      TreeMap<Bytes, Bytes> content = new TreeMap<>();
      for (int i = 1 + random.nextInt(4); i > 0; i--) {
        content.put(draw.key(), draw.value());
      }
      Path file = fixture.files().resolve("cut" + files++ + ".sst");
      try (SstWriter writer = fixture.engine().sstWriter(family, file)) {
        content.forEach(writer::put);
        writer.finish();
      }
      fixture.ingest(family, file);
      Permanent change =
          before -> {
            Model after = before.copy();
            after.of(family).putAll(content);
            return after;
          };
      permanent.put(moments.size(), change);
      moments.add(change.apply(moments.getLast()));
    }

    void powerCut() {
      fixture.powerCut(random);
      Model left = Model.read(fixture.engine());
      List<Model> allowed = new ArrayList<>();
      for (int i = 0; i < moments.size(); i++) {
        Model model = moments.get(i);
        for (Map.Entry<Integer, Permanent> later : permanent.entrySet()) {
          if (later.getKey() > i) {
            model = later.getValue().apply(model);
          }
        }
        allowed.add(model);
      }
      assertThat(allowed).contains(left);
      if (!left.equals(moments.getLast())) {
        rolledBack++;
      }
      onlyMoment(left);
    }
  }
}
