package dev.terrane.engine.rocks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.engine.CachedRead;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.WriteBatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What memory is asked for while not even the indexes of the tables fit into it. */
class RocksEvictionTest {
  private static final int KEYS = 64;
  private static final int ROUNDS = 4;

  private final Random random = new Random(1);

  @TempDir private Path directory;

  private static Bytes key(int number) {
    return Bytes.ofUtf8("key-%03d".formatted(number));
  }

  /** RocksDB says "exists", and of an index that is not in memory a value that is none. */
  @Test
  void aValueIsNeverTakenForAnEmptyOne() {
    List<Bytes> values = new ArrayList<>();
    try (RocksEngine engine = RocksEngine.open(directory, RocksOptions.ofMemory(16 << 20))) {
      for (int i = 0; i < KEYS; i++) {
        byte[] value = new byte[i % 8 == 0 ? 0 : 1 << 20];
        random.nextBytes(value);
        values.add(Bytes.wrap(value));
        engine.write(new WriteBatch().put(ColumnFamily.DEFAULT, key(i), values.get(i)));
      }
      engine.flush();
      engine.compact(KeyRange.ALL);
      int found = 0;
      for (int i = 0; i < ROUNDS * KEYS; i++) {
        int asked = random.nextInt(KEYS);
        if (engine.getCached(ColumnFamily.DEFAULT, key(asked))
            instanceof CachedRead.Found(Bytes value)) {
          found++;
          assertThat(value.length()).as("key %d", asked).isEqualTo(values.get(asked).length());
          assertThat(value.equals(values.get(asked))).isTrue();
        }
        int other = random.nextInt(KEYS);
        Bytes read = engine.get(ColumnFamily.DEFAULT, key(other));
        assertThat(read != null && read.equals(values.get(other))).isTrue();
      }
      assertThat(found).isPositive();
    }
  }
}
