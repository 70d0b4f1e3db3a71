package dev.terrane.engine;

import static dev.terrane.engine.ColumnFamily.DEFAULT;
import static dev.terrane.engine.ColumnFamily.LOCK;
import static dev.terrane.engine.ColumnFamily.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.common.Bytes;
import dev.terrane.common.InvariantViolation;
import dev.terrane.common.KeyRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Writing sorted files, ingesting them, and dropping the files of a range. */
@ParameterizedClass
@EnumSource(EngineFixture.Kind.class)
final class SortedFilesContractTest {
  private static final Bytes OLD = Bytes.ofUtf8("old");
  private static final Bytes NEW = Bytes.ofUtf8("new");

  private final EngineFixture fixture;

  SortedFilesContractTest(EngineFixture.Kind kind, @TempDir Path directory) {
    fixture = kind.start(directory);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private KvEngine engine() {
    return fixture.engine();
  }

  private static Bytes key(int number) {
    return Bytes.ofUtf8(String.format("k%05d", number));
  }

  private Path file(String name, ColumnFamily family, int firstKey, int endKey) {
    Path file = fixture.files().resolve(name);
    try (SstWriter writer = engine().sstWriter(family, file)) {
      for (int i = firstKey; i < endKey; i++) {
        writer.put(key(i), NEW);
      }
      assertThat(writer.count()).isEqualTo(endKey - firstKey);
      return writer.finish();
    }
  }

  private void putOld(int firstKey, int endKey) {
    WriteBatch batch = new WriteBatch();
    for (int i = firstKey; i < endKey; i++) {
      batch.put(DEFAULT, key(i), OLD).put(LOCK, key(i), OLD);
    }
    engine().write(batch);
  }

  @Test
  void ingestedFilesWinOverWhatWasThereBeforeAndLoseToWhatComesAfter() {
    putOld(0, 10);
    Path file = file("a", DEFAULT, 5, 15);
    putOld(5, 6);

    engine().ingest(Map.of(DEFAULT, List.of(file)));
    engine().write(new WriteBatch().put(DEFAULT, key(9), OLD).delete(DEFAULT, key(14)));

    assertThat(engine().get(DEFAULT, key(4))).isEqualTo(OLD);
    assertThat(engine().get(DEFAULT, key(5))).isEqualTo(NEW);
    assertThat(engine().get(DEFAULT, key(9))).isEqualTo(OLD);
    assertThat(engine().get(DEFAULT, key(13))).isEqualTo(NEW);
    assertThat(engine().get(DEFAULT, key(14))).isNull();
    assertThat(engine().get(LOCK, key(5))).isEqualTo(OLD);
  }

  @Test
  void ingestsSeveralFilesOfSeveralFamilies() {
    engine()
        .ingest(
            Map.of(
                DEFAULT,
                List.of(file("a", DEFAULT, 0, 5), file("b", DEFAULT, 5, 9)),
                WRITE,
                List.of(file("c", WRITE, 2, 3))));

    assertThat(Model.read(engine()).of(DEFAULT)).hasSize(9);
    assertThat(Model.read(engine()).of(WRITE)).containsOnlyKeys(key(2));
  }

  @Test
  void ingestedDeletionsDelete() {
    putOld(0, 3);
    Path file = fixture.files().resolve("a");
    try (SstWriter writer = engine().sstWriter(DEFAULT, file)) {
      writer.put(key(0), NEW);
      writer.delete(key(1));
      writer.finish();
    }
    engine().ingest(Map.of(DEFAULT, List.of(file)));

    assertThat(engine().get(DEFAULT, key(0))).isEqualTo(NEW);
    assertThat(engine().get(DEFAULT, key(1))).isNull();
    assertThat(engine().get(DEFAULT, key(2))).isEqualTo(OLD);
  }

  @Test
  void openSnapshotsDoNotSeeAnIngest() {
    putOld(0, 3);
    Path file = file("a", DEFAULT, 0, 9);
    try (EngineSnapshot snapshot = engine().snapshot()) {
      engine().ingest(Map.of(DEFAULT, List.of(file)));

      assertThat(snapshot.get(DEFAULT, key(0))).isEqualTo(OLD);
      assertThat(snapshot.get(DEFAULT, key(8))).isNull();
      assertThat(engine().get(DEFAULT, key(8))).isEqualTo(NEW);
    }
  }

  /** Installing a snapshot is done again from its files when a crash has cut it short. */
  @Test
  void sameFilesCanBeIngestedAgainAfterAPowerCut() {
    Path file = file("a", DEFAULT, 0, 9);
    engine().ingest(Map.of(DEFAULT, List.of(file)));
    fixture.powerCut(new Random(1));
    assertThat(engine().get(DEFAULT, key(8))).as("ingested files stay").isEqualTo(NEW);

    engine().write(new WriteBatch().deleteRange(DEFAULT, KeyRange.ALL).put(DEFAULT, key(20), OLD));
    engine().ingest(Map.of(DEFAULT, List.of(file)));
    fixture.restart();

    assertThat(Model.read(engine()).of(DEFAULT)).hasSize(10);
    assertThat(engine().get(DEFAULT, key(8))).isEqualTo(NEW);
  }

  @Test
  void damagedFileIsNamedAndNothingIsIngested() throws IOException {
    Path good = file("good", DEFAULT, 0, 500);
    Path bad = file("bad", LOCK, 0, 500);
    for (long seed = 1; seed <= 20; seed++) {
      Path damaged = fixture.files().resolve("damaged" + seed);
      byte[] content = Files.readAllBytes(bad);
      content[new Random(seed).nextInt(content.length / 2)] ^= 0x10;
      Files.write(damaged, content);

      assertThatThrownBy(
              () -> engine().ingest(Map.of(DEFAULT, List.of(good), LOCK, List.of(damaged))))
          .as("seed %d", seed)
          .isInstanceOfSatisfying(
              EngineCorruptException.class,
              e -> assertThat(e.file()).isEqualTo(damaged.toString()));
    }
    assertThat(Model.read(engine())).isEqualTo(new Model());
  }

  @Test
  void truncatedFileIsNamed() throws IOException {
    Path bad = file("bad", DEFAULT, 0, 500);
    byte[] content = Files.readAllBytes(bad);
    for (int length : new int[] {0, 1, 11, content.length / 2, content.length - 1}) {
      Path truncated = fixture.files().resolve("truncated" + length);
      Files.write(truncated, Arrays.copyOf(content, length));

      assertThatThrownBy(() -> engine().ingest(Map.of(DEFAULT, List.of(truncated))))
          .as("%d bytes", length)
          .isInstanceOfSatisfying(
              EngineCorruptException.class,
              e -> assertThat(e.file()).isEqualTo(truncated.toString()));
    }
  }

  @Test
  void missingFileIsNamed() {
    Path missing = fixture.files().resolve("missing");

    assertThatThrownBy(() -> engine().ingest(Map.of(DEFAULT, List.of(missing))))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining(missing.toString());
  }

  @Test
  void writerRefusesWhatIsNotSorted() {
    Path file = fixture.files().resolve("a");
    try (SstWriter writer = engine().sstWriter(DEFAULT, file)) {
      assertThatThrownBy(writer::finish).as("no keys").isInstanceOf(InvariantViolation.class);
      writer.put(key(1), NEW);
      assertThatThrownBy(() -> writer.put(key(1), NEW)).isInstanceOf(InvariantViolation.class);
      assertThatThrownBy(() -> writer.delete(key(0))).isInstanceOf(InvariantViolation.class);
    }
    assertThat(file).as("never finished").doesNotExist();
  }

  @Test
  void writerDoesNotOverwrite() {
    Path file = file("a", DEFAULT, 0, 1);

    assertThatThrownBy(() -> engine().sstWriter(DEFAULT, file))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining(file.toString());
    assertThat(file).exists();
  }

  @Test
  void droppingFilesTouchesNothingOutsideTheRange() {
    putOld(0, 300);
    fixture.flush();
    engine().ingest(Map.of(DEFAULT, List.of(file("a", DEFAULT, 100, 200))));
    engine().compact(KeyRange.ALL);
    KeyRange dropped = new KeyRange(key(50), key(250));
    Model before = Model.read(engine());

    engine().deleteFilesInRange(dropped);
    engine().write(new WriteBatch().deleteRange(DEFAULT, dropped).deleteRange(LOCK, dropped));

    before.in(DEFAULT, dropped).clear();
    before.in(LOCK, dropped).clear();
    assertThat(Model.read(engine())).isEqualTo(before);
    fixture.restart();
    assertThat(Model.read(engine())).isEqualTo(before);
  }

  @Test
  void droppingFilesStaysThroughAPowerCutAndNeedsARangeDelete() {
    for (int i = 0; i < 4; i++) {
      engine().ingest(Map.of(DEFAULT, List.of(file("a" + i, DEFAULT, 1000 * i, 1000 * i + 500))));
    }
    engine().compact(KeyRange.ALL);
    fixture.barrier();
    KeyRange dropped = new KeyRange(key(0), key(2000));
    engine().deleteFilesInRange(dropped);
    Model after = Model.read(engine());
    fixture.powerCut(new Random(3));

    assertThat(Model.read(engine())).isEqualTo(after);
    assertThat(after.in(DEFAULT, new KeyRange(key(2000), Bytes.EMPTY))).hasSize(1000);
  }
}
