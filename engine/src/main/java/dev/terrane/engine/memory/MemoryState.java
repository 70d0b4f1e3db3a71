package dev.terrane.engine.memory;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.WriteBatch;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** All column families at one moment. Immutable. */
final class MemoryState {
  static final MemoryState EMPTY = empty();

  private final Map<ColumnFamily, SortedTree> trees;

  private MemoryState(Map<ColumnFamily, SortedTree> trees) {
    this.trees = trees;
  }

  private static MemoryState empty() {
    Map<ColumnFamily, SortedTree> trees = new EnumMap<>(ColumnFamily.class);
    for (ColumnFamily family : ColumnFamily.ALL) {
      trees.put(family, SortedTree.EMPTY);
    }
    return new MemoryState(trees);
  }

  SortedTree of(ColumnFamily family) {
    return Objects.requireNonNull(trees.get(family));
  }

  MemoryState with(ColumnFamily family, SortedTree tree) {
    Map<ColumnFamily, SortedTree> changed = new EnumMap<>(trees);
    changed.put(family, tree);
    return new MemoryState(changed);
  }

  long bytes() {
    long bytes = 0;
    for (SortedTree tree : trees.values()) {
      bytes += tree.bytes();
    }
    return bytes;
  }

  /** This after all changes of {@code batch}. */
  MemoryState after(WriteBatch batch) {
    Map<ColumnFamily, SortedTree> changed = new EnumMap<>(trees);
    batch.forEach(
        new WriteBatch.Visitor() {
          @Override
          public void put(ColumnFamily family, Bytes key, Bytes value) {
            changed.computeIfPresent(family, (f, tree) -> tree.put(key, value));
          }

          @Override
          public void delete(ColumnFamily family, Bytes key) {
            changed.computeIfPresent(family, (f, tree) -> tree.remove(key));
          }

          @Override
          public void deleteRange(ColumnFamily family, KeyRange range) {
            changed.computeIfPresent(family, (f, tree) -> tree.removeRange(range));
          }
        });
    return new MemoryState(changed);
  }
}
