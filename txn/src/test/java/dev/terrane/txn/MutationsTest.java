package dev.terrane.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.common.Bytes;
import dev.terrane.common.InvariantViolation;
import dev.terrane.common.KeyRange;
import dev.terrane.engine.ColumnFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class MutationsTest {
  private static final Bytes K = Bytes.ofUtf8("k");

  @Test
  void layoutIsPinned() {
    assertThat(Mutations.put(ColumnFamily.DEFAULT, K, Bytes.of(0, 255)).encoded())
        .isEqualTo(Bytes.of(1, 0x00, 1, 'k', 2, 0, 255));
    assertThat(Mutations.delete(ColumnFamily.WRITE, K).encoded())
        .isEqualTo(Bytes.of(1, 0x12, 1, 'k'));
    assertThat(Mutations.deleteRange(ColumnFamily.LOCK, new KeyRange(K, Bytes.EMPTY)).encoded())
        .isEqualTo(Bytes.of(1, 0x21, 1, 'k', 0));
    assertThat(
            new MutationsBuilder()
                .deleteIfEndsWith(ColumnFamily.DEFAULT, Bytes.EMPTY, K)
                .build()
                .encoded())
        .isEqualTo(Bytes.of(1, 0x30, 0, 1, 'k'));
  }

  @Test
  void anyListOfChangesComesBackInOrder() {
    for (long seed = 1; seed <= 200; seed++) {
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      MutationsBuilder builder = new MutationsBuilder();
      List<String> expected = new ArrayList<>();
      for (int i = random.nextInt(6); i > 0; i--) {
        ColumnFamily family = ColumnFamily.DATA.get(random.nextInt(ColumnFamily.DATA.size()));
        Bytes key = randomBytes(random);
        Bytes second = randomBytes(random);
        switch (random.nextInt(4)) {
          case 0 -> {
            builder.put(family, key, second);
            expected.add("put " + family + key + "=" + second);
          }
          case 1 -> {
            builder.delete(family, key);
            expected.add("delete " + family + key);
          }
          case 2 -> {
            builder.deleteRange(family, new KeyRange(key, second));
            expected.add("range " + family + new KeyRange(key, second));
          }
          default -> {
            builder.deleteIfEndsWith(family, key, second);
            expected.add("if " + family + key + "~" + second);
          }
        }
      }
      Mutations decoded = Mutations.decode(builder.build().encoded());
      assertThat(changesOf(decoded)).as("seed %d", seed).isEqualTo(expected);
      assertThat(decoded.onlyDelete())
          .as("seed %d: %s", seed, expected)
          .isEqualTo(expected.stream().noneMatch(change -> change.startsWith("put")));
    }
  }

  @Test
  void newerLayoutIsRefusedByNumber() {
    assertThatThrownBy(() -> Mutations.decode(Bytes.of(2, 0, 0, 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("format 2");
    assertThatThrownBy(() -> Mutations.decode(Bytes.EMPTY))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void cutOffChangesAreNoticed() {
    Bytes whole = Mutations.put(ColumnFamily.DEFAULT, K, Bytes.ofUtf8("value")).encoded();
    for (int length = 2; length < whole.length(); length++) {
      Mutations cut = Mutations.decode(whole.slice(0, length));
      assertThatThrownBy(() -> changesOf(cut)).isInstanceOf(InvariantViolation.class);
    }
  }

  @Test
  void theStoresOwnFamilyIsOutOfReach() {
    assertThatThrownBy(() -> Mutations.delete(ColumnFamily.REGION, K))
        .isInstanceOf(InvariantViolation.class);
  }

  private static Bytes randomBytes(RandomGenerator random) {
    byte[] bytes = new byte[random.nextInt(4) == 0 ? random.nextInt(40_000) : random.nextInt(8)];
    random.nextBytes(bytes);
    return Bytes.wrap(bytes);
  }

  private static List<String> changesOf(Mutations mutations) {
    List<String> changes = new ArrayList<>();
    mutations.forEach(
        new Mutations.Visitor() {
          @Override
          public void put(ColumnFamily family, Bytes key, Bytes value) {
            changes.add("put " + family + key + "=" + value);
          }

          @Override
          public void delete(ColumnFamily family, Bytes key) {
            changes.add("delete " + family + key);
          }

          @Override
          public void deleteRange(ColumnFamily family, KeyRange range) {
            changes.add("range " + family + range);
          }

          @Override
          public void deleteIfEndsWith(ColumnFamily family, Bytes key, Bytes suffix) {
            changes.add("if " + family + key + "~" + suffix);
          }
        });
    return changes;
  }
}
