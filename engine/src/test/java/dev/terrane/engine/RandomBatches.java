package dev.terrane.engine;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import java.util.random.RandomGenerator;

/** Draws keys from a small space, so that batches, ranges and files meet often. */
final class RandomBatches {
  private static final int KEY_LENGTH_MAX = 4;
  private static final int VALUE_LENGTH_MAX = 40;

  private final RandomGenerator random;

  RandomBatches(RandomGenerator random) {
    this.random = random;
  }

  ColumnFamily family() {
    return ColumnFamily.ALL.get(random.nextInt(ColumnFamily.ALL.size()));
  }

  /** One to four bytes of four kinds, the smallest and the greatest byte among them. */
  Bytes key() {
    int[] bytes = new int[1 + random.nextInt(KEY_LENGTH_MAX)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] =
          switch (random.nextInt(4)) {
            case 0 -> 0x00;
            case 1 -> 0x61;
            case 2 -> 0x62;
            default -> 0xff;
          };
    }
    return Bytes.of(bytes);
  }

  Bytes value() {
    byte[] bytes = new byte[random.nextInt(VALUE_LENGTH_MAX)];
    random.nextBytes(bytes);
    return Bytes.wrap(bytes);
  }

  /** Any range, also empty ones and such without an end. */
  KeyRange range() {
    Bytes start = random.nextInt(4) == 0 ? Bytes.EMPTY : key();
    Bytes end = random.nextInt(4) == 0 ? Bytes.EMPTY : key();
    return new KeyRange(start, end);
  }

  WriteBatch batch() {
    WriteBatch batch = new WriteBatch();
    int changes = 1 + random.nextInt(8);
    for (int i = 0; i < changes; i++) {
      switch (random.nextInt(10)) {
        case 0 -> batch.deleteRange(family(), range());
        case 1, 2 -> batch.delete(family(), key());
        default -> batch.put(family(), key(), value());
      }
    }
    return batch;
  }
}
