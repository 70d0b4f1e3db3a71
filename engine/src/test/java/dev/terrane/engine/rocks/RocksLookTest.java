package dev.terrane.engine.rocks;

import static dev.terrane.engine.ColumnFamily.DEFAULT;
import static dev.terrane.engine.ColumnFamily.REGION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.common.Bytes;
import dev.terrane.engine.EngineException;
import dev.terrane.engine.WriteBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory that lacks a file is refused as it is, and opens again with the file. */
final class RocksLookTest {
  private static final int TABLES = 12;

  @TempDir Path parent;
  private Path directory;

  @BeforeEach
  void fill() {
    directory = parent.resolve("kv");
    try (RocksEngine engine = open()) {
      for (int i = 0; i < TABLES; i++) {
        engine.write(new WriteBatch().put(DEFAULT, key(i), key(i)).put(REGION, key(i), key(i)));
        engine.flush();
      }
      engine.write(new WriteBatch().put(DEFAULT, key(TABLES), key(TABLES)));
    }
  }

  private RocksEngine open() {
    return RocksEngine.open(directory, RocksOptions.small());
  }

  private static Bytes key(int number) {
    return Bytes.ofUtf8("key" + number);
  }

  private Map<String, Bytes> content() throws IOException {
    Map<String, Bytes> content = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      files.forEach(file -> content.put(file.toString(), bytes(file)));
    }
    return content;
  }

  /** Hashed: what differs would be long. */
  private static Bytes bytes(Path file) {
    try {
      byte[] content = Files.isDirectory(file) ? new byte[0] : Files.readAllBytes(file);
      return Bytes.ofUtf8(content.length + "/" + Arrays.hashCode(content));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Path> needed() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file ->
              file.getFileName().toString().matches("CURRENT|MANIFEST-\\d+|\\d+\\.sst|\\d+\\.log"))
          .sorted()
          .toList();
    }
  }

  private void checkWhole() {
    try (RocksEngine engine = open()) {
      for (int i = 0; i <= TABLES; i++) {
        assertThat(engine.get(DEFAULT, key(i))).isEqualTo(key(i));
      }
    }
  }

  @Test
  void aMissingFileIsRefusedByNameAndNothingIsChanged() throws IOException {
    List<Path> parts = needed();
    assertThat(parts).hasSizeGreaterThan(3 + TABLES);
    Path elsewhere = parent.resolve("elsewhere");
    for (Path part : parts) {
      Files.move(part, elsewhere);
      Map<String, Bytes> before = content();

      String name = part.getFileName().toString();
      assertThatThrownBy(this::open)
          .as(name)
          .isInstanceOf(EngineException.class)
          .hasMessageContaining(name.endsWith(".log") ? "NUMBER.log" : name);

      assertThat(content()).as("without " + name).isEqualTo(before);
      Files.move(elsewhere, part);
    }
    checkWhole();
  }

  @Test
  void aTableThatIsCutIsRefusedAndNothingIsChanged() throws IOException {
    Path table = needed().stream().filter(file -> file.toString().endsWith(".sst")).findAny().get();
    byte[] whole = Files.readAllBytes(table);
    Files.write(table, new byte[10]);
    Map<String, Bytes> before = content();

    assertThatThrownBy(this::open)
        .isInstanceOf(EngineException.class)
        .hasMessageContaining(table.getFileName().toString());

    assertThat(content()).isEqualTo(before);
    Files.write(table, whole);
    checkWhole();
  }

  @Test
  void tellsWhetherAnythingIsThere() throws IOException {
    assertThat(RocksEngine.isThere(directory)).isTrue();
    assertThat(RocksEngine.isThere(parent.resolve("none"))).isFalse();
    Path empty = Files.createDirectory(parent.resolve("empty"));
    assertThat(RocksEngine.isThere(empty)).isFalse();
    Files.writeString(empty.resolve("LOCK"), "");
    Files.writeString(empty.resolve("MANIFEST-000001"), "of a first start that was cut short");
    assertThat(RocksEngine.isThere(empty)).isFalse();
  }
}
