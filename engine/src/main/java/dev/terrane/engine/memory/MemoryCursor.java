package dev.terrane.engine.memory;

import dev.terrane.common.Bytes;
import dev.terrane.common.Invariant;
import dev.terrane.common.KeyRange;
import dev.terrane.engine.Cursor;
import dev.terrane.engine.EngineClosedException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Stands on an entry of a tree; each step looks its neighbour up from the root. */
final class MemoryCursor implements Cursor {
  private final MemoryEngine engine;
  private final SortedTree tree;
  private final KeyRange range;
  private SortedTree.@Nullable Node here;
  private boolean closed;

  MemoryCursor(MemoryEngine engine, SortedTree tree, KeyRange range) {
    this.engine = engine;
    this.tree = tree;
    this.range = range;
  }

  private boolean arrive(SortedTree.@Nullable Node node) {
    engine.checkOpen();
    if (closed) {
      throw new EngineClosedException("cursor");
    }
    here = node != null && range.contains(node.key) ? node : null;
    return here != null;
  }

  @Override
  public boolean seekToFirst() {
    return arrive(tree.above(range.start(), true));
  }

  @Override
  public boolean seekToLast() {
    return arrive(lastOfRange());
  }

  private SortedTree.@Nullable Node lastOfRange() {
    return range.end().isEmpty() ? tree.last() : tree.below(range.end(), false);
  }

  @Override
  public boolean seek(Bytes key) {
    return arrive(tree.above(key.compareTo(range.start()) < 0 ? range.start() : key, true));
  }

  @Override
  public boolean seekForPrev(Bytes key) {
    return arrive(range.isBelowEnd(key) ? tree.below(key, true) : lastOfRange());
  }

  @Override
  public boolean next() {
    return arrive(tree.above(key(), false));
  }

  @Override
  public boolean prev() {
    return arrive(tree.below(key(), false));
  }

  @Override
  public boolean isValid() {
    return here != null;
  }

  private SortedTree.Node entry() {
    SortedTree.Node entry = here;
    if (entry == null) {
      throw Invariant.violated("the cursor does not stand on a key");
    }
    return entry;
  }

  @Override
  public Bytes key() {
    return entry().key;
  }

  @Override
  public Bytes value() {
    SortedTree.Node entry = entry();
    arrive(entry); // a closed cursor has no values
    return entry.value;
  }

  @Override
  public int copyValue(ByteBuffer target) {
    Bytes value = value();
    int copied = Math.min(value.length(), target.remaining());
    target.put(target.position(), value.backingArray(), value.offset(), copied);
    target.limit(target.position() + copied);
    return value.length();
  }

  @Override
  public void close() {
    closed = true;
  }
}
