package dev.terrane.engine.memory;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.engine.ColumnFamily;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What dropping whole files may do to a range. A dropped file may have held a key's only value, its
 * newest value or its deletion, so some keys go, some stay, and some have the value of an earlier
 * moment, even if they were deleted since. A key's hash decides, so that a rerun is the same.
 */
final class DroppedFiles implements UnaryOperator<MemoryState> {
  private final KeyRange range;
  private final MemoryState earlier;

  /** Drops files of {@code range}; what shows behind them is from {@code earlier}. */
  DroppedFiles(KeyRange range, MemoryState earlier) {
    this.range = range;
    this.earlier = earlier;
  }

  @Override
  public MemoryState apply(MemoryState state) {
    MemoryState dropped = state;
    for (ColumnFamily family : ColumnFamily.DATA) {
      dropped = dropped.with(family, drop(state.of(family), earlier.of(family)));
    }
    return dropped;
  }

  private SortedTree drop(SortedTree tree, SortedTree earlierTree) {
    SortedTree inRange = tree.only(range);
    SortedTree earlierInRange = earlierTree.only(range);
    SortedTree left = tree;
    for (SortedTree.Node node = firstOf(inRange);
        node != null;
        node = inRange.above(node.key, false)) {
      if (fate(node.key) != Fate.STAYS) {
        left = left.remove(node.key);
      }
    }
    for (SortedTree.Node node = firstOf(earlierInRange);
        node != null;
        node = earlierInRange.above(node.key, false)) {
      if (fate(node.key) == Fate.IS_OLD) {
        left = left.put(node.key, node.value);
      }
    }
    return left;
  }

  private static SortedTree.@Nullable Node firstOf(SortedTree tree) {
    return tree.above(Bytes.EMPTY, true);
  }

  private enum Fate {
    STAYS,
    GOES,
    IS_OLD
  }

  private static Fate fate(Bytes key) {
    return switch ((key.hashCode() * 0x9E3779B9) >>> 30) {
      case 0 -> Fate.STAYS;
      case 1 -> Fate.IS_OLD;
      default -> Fate.GOES;
    };
  }
}
