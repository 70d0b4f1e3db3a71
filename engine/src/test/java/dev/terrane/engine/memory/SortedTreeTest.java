package dev.terrane.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SortedTreeTest {
  private static Bytes key(int number) {
    return Bytes.of(number >> 8, number & 0xff);
  }

  private static NavigableMap<Bytes, Bytes> entries(SortedTree tree) {
    NavigableMap<Bytes, Bytes> entries = new TreeMap<>();
    for (SortedTree.Node node = tree.above(Bytes.EMPTY, true);
        node != null;
        node = tree.above(node.key, false)) {
      entries.put(node.key, node.value);
    }
    return entries;
  }

  private record Version(SortedTree tree, NavigableMap<Bytes, Bytes> entries) {}

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void agreesWithATreeMapAndKeepsOldVersions(long seed) {
    Random random = new Random(seed);
    SortedTree tree = SortedTree.EMPTY;
    NavigableMap<Bytes, Bytes> model = new TreeMap<>();
    List<Version> versions = new ArrayList<>();
    for (int step = 0; step < 5000; step++) {
      Bytes key = key(random.nextInt(1000));
      switch (random.nextInt(50)) {
        case 0 -> {
          Bytes end = random.nextInt(8) == 0 ? Bytes.EMPTY : key(random.nextInt(1000));
          KeyRange range = new KeyRange(key, end);
          tree = tree.removeRange(range);
          model.keySet().removeIf(range::contains);
        }
        case 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 -> {
          tree = tree.remove(key);
          model.remove(key);
        }
        default -> {
          tree = tree.put(key, key(step));
          model.put(key, key(step));
        }
      }
      if (step % 500 == 0) {
        assertThat(tree.isSound()).isTrue();
        versions.add(new Version(tree, new TreeMap<>(model)));
      }
      agreeAt(tree, model, key(random.nextInt(1000)));
    }
    for (Version version : versions) {
      assertThat(entries(version.tree)).isEqualTo(version.entries);
      assertThat(version.tree.count()).isEqualTo(version.entries.size());
      assertThat(version.tree.bytes()).isEqualTo(4L * version.entries.size());
    }
  }

  private static void agreeAt(SortedTree tree, NavigableMap<Bytes, Bytes> model, Bytes key) {
    assertThat(tree.get(key)).isEqualTo(model.get(key));
    assertThat(keyOf(tree.above(key, true))).isEqualTo(model.ceilingKey(key));
    assertThat(keyOf(tree.above(key, false))).isEqualTo(model.higherKey(key));
    assertThat(keyOf(tree.below(key, true))).isEqualTo(model.floorKey(key));
    assertThat(keyOf(tree.below(key, false))).isEqualTo(model.lowerKey(key));
  }

  private static @Nullable Bytes keyOf(SortedTree.@Nullable Node node) {
    return node == null ? null : node.key;
  }

  @Test
  void staysFlatWhenFilledInOrder() {
    SortedTree tree = SortedTree.EMPTY;
    for (int i = 0; i < 10_000; i++) {
      tree = tree.put(key(i), Bytes.EMPTY);
    }
    assertThat(tree.isSound()).isTrue();
    assertThat(tree.count()).isEqualTo(10_000);
    assertThat(tree.only(new KeyRange(key(10), key(20))).count()).isEqualTo(10);
  }

  @Test
  void findsTheKeyAtAByte() {
    SortedTree tree = SortedTree.EMPTY;
    Map<Integer, Integer> valueBytes = Map.of(1, 8, 2, 98, 3, 0);
    for (int i = 1; i <= 3; i++) {
      tree = tree.put(key(i), Bytes.wrap(new byte[valueBytes.getOrDefault(i, 0)]));
    }
    assertThat(tree.keyAtByte(0)).isEqualTo(key(1));
    assertThat(tree.keyAtByte(9)).isEqualTo(key(1));
    assertThat(tree.keyAtByte(10)).isEqualTo(key(2));
    assertThat(tree.keyAtByte(109)).isEqualTo(key(2));
    assertThat(tree.keyAtByte(110)).isEqualTo(key(3));
  }
}
