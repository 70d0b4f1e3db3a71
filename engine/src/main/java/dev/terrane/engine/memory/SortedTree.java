package dev.terrane.engine.memory;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map in key order. A change gives a new tree that shares all but O(log n) nodes with
 * the old one, so keeping an old tree is all that a snapshot takes.
 *
 * <p>An AVL tree built from one operation, {@link #join}: two trees and an entry between them, at a
 * cost of the difference of their heights. Blelloch, Ferizovic, Sun: Just Join for Parallel Ordered
 * Sets (2016).
 *
 * <p>Invariants: heights of siblings differ by at most 1; {@code count} and {@code bytes} are those
 * of the whole subtree.
 */
final class SortedTree {
  static final SortedTree EMPTY = new SortedTree(null);

  private final @Nullable Node root;

  private SortedTree(@Nullable Node root) {
    this.root = root;
  }

  private static SortedTree of(@Nullable Node root) {
    return root == null ? EMPTY : new SortedTree(root);
  }

  /** An entry with the entries below and above it. */
  static final class Node {
    final Bytes key;
    final Bytes value;
    private final @Nullable Node left;
    private final @Nullable Node right;
    private final int height;
    private final int count;
    private final long bytes;

    private Node(@Nullable Node left, Bytes key, Bytes value, @Nullable Node right) {
      this.left = left;
      this.key = key;
      this.value = value;
      this.right = right;
      height = 1 + Math.max(heightOf(left), heightOf(right));
      count = 1 + countOf(left) + countOf(right);
      bytes = key.length() + value.length() + bytesOf(left) + bytesOf(right);
    }
  }

  private static int heightOf(@Nullable Node node) {
    return node == null ? 0 : node.height;
  }

  private static int countOf(@Nullable Node node) {
    return node == null ? 0 : node.count;
  }

  private static long bytesOf(@Nullable Node node) {
    return node == null ? 0 : node.bytes;
  }

  int count() {
    return countOf(root);
  }

  long bytes() {
    return bytesOf(root);
  }

  @Nullable Bytes get(Bytes key) {
    Node node = root;
    while (node != null) {
      int order = key.compareTo(node.key);
      if (order == 0) {
        return node.value;
      }
      node = order < 0 ? node.left : node.right;
    }
    return null;
  }

  /** The first entry whose key is above {@code key}, or not below it if {@code inclusive}. */
  @Nullable Node above(Bytes key, boolean inclusive) {
    Node best = null;
    Node node = root;
    while (node != null) {
      int order = node.key.compareTo(key);
      if (order > 0 || (inclusive && order == 0)) {
        best = node;
        node = node.left;
      } else {
        node = node.right;
      }
    }
    return best;
  }

  /** The last entry whose key is below {@code key}, or not above it if {@code inclusive}. */
  @Nullable Node below(Bytes key, boolean inclusive) {
    Node best = null;
    Node node = root;
    while (node != null) {
      int order = node.key.compareTo(key);
      if (order < 0 || (inclusive && order == 0)) {
        best = node;
        node = node.right;
      } else {
        node = node.left;
      }
    }
    return best;
  }

  @Nullable Node last() {
    Node node = root;
    while (node != null && node.right != null) {
      node = node.right;
    }
    return node;
  }

  SortedTree put(Bytes key, Bytes value) {
    return of(put(root, key, value));
  }

  private static Node put(@Nullable Node node, Bytes key, Bytes value) {
    if (node == null) {
      return new Node(null, key, value, null);
    }
    int order = key.compareTo(node.key);
    if (order < 0) {
      return join(put(node.left, key, value), node.key, node.value, node.right);
    }
    if (order > 0) {
      return join(node.left, node.key, node.value, put(node.right, key, value));
    }
    return new Node(node.left, key, value, node.right);
  }

  SortedTree remove(Bytes key) {
    return get(key) == null ? this : of(remove(root, key));
  }

  private static @Nullable Node remove(@Nullable Node node, Bytes key) {
    if (node == null) {
      return null;
    }
    int order = key.compareTo(node.key);
    if (order < 0) {
      return join(remove(node.left, key), node.key, node.value, node.right);
    }
    if (order > 0) {
      return join(node.left, node.key, node.value, remove(node.right, key));
    }
    return concat(node.left, node.right);
  }

  SortedTree removeRange(KeyRange range) {
    if (range.isEmpty()) {
      return this;
    }
    Node rest = range.end().isEmpty() ? null : from(root, range.end());
    return of(concat(before(root, range.start()), rest));
  }

  /** The entries of {@code range} alone. */
  SortedTree only(KeyRange range) {
    if (range.isEmpty()) {
      return EMPTY;
    }
    Node rest = from(root, range.start());
    return of(range.end().isEmpty() ? rest : before(rest, range.end()));
  }

  private static @Nullable Node before(@Nullable Node node, Bytes key) {
    if (node == null) {
      return null;
    }
    return key.compareTo(node.key) <= 0
        ? before(node.left, key)
        : join(node.left, node.key, node.value, before(node.right, key));
  }

  private static @Nullable Node from(@Nullable Node node, Bytes key) {
    if (node == null) {
      return null;
    }
    return key.compareTo(node.key) > 0
        ? from(node.right, key)
        : join(from(node.left, key), node.key, node.value, node.right);
  }

  /** The key of the entry in which the {@code offset}-th byte of the tree lies. Not empty. */
  Bytes keyAtByte(long offset) {
    Node node = root;
    long left = offset;
    while (node != null) {
      long before = bytesOf(node.left);
      long through = before + node.key.length() + node.value.length();
      if (left < before) {
        node = node.left;
      } else if (left < through || node.right == null) {
        return node.key;
      } else {
        left -= through;
        node = node.right;
      }
    }
    throw new IllegalStateException("no byte in an empty tree");
  }

  /** A tree of all of {@code left}, the entry, and all of {@code right}, which are in order. */
  private static Node join(@Nullable Node left, Bytes key, Bytes value, @Nullable Node right) {
    if (left != null && left.height > heightOf(right) + 1) {
      Node joined = join(left.right, key, value, right);
      return balance(left.left, left.key, left.value, joined);
    }
    if (right != null && right.height > heightOf(left) + 1) {
      Node joined = join(left, key, value, right.left);
      return balance(joined, right.key, right.value, right.right);
    }
    return new Node(left, key, value, right);
  }

  /** The same for trees whose heights differ by at most 2: at most two rotations. */
  private static Node balance(@Nullable Node left, Bytes key, Bytes value, @Nullable Node right) {
    if (left != null && left.height > heightOf(right) + 1) {
      Node inner = left.right;
      if (inner != null && inner.height > heightOf(left.left)) {
        return new Node(
            new Node(left.left, left.key, left.value, inner.left),
            inner.key,
            inner.value,
            new Node(inner.right, key, value, right));
      }
      return new Node(left.left, left.key, left.value, new Node(inner, key, value, right));
    }
    if (right != null && right.height > heightOf(left) + 1) {
      Node inner = right.left;
      if (inner != null && inner.height > heightOf(right.right)) {
        return new Node(
            new Node(left, key, value, inner.left),
            inner.key,
            inner.value,
            new Node(inner.right, right.key, right.value, right.right));
      }
      return new Node(new Node(left, key, value, inner), right.key, right.value, right.right);
    }
    return new Node(left, key, value, right);
  }

  /** A tree of all of {@code left} and all of {@code right}, which are in order. */
  private static @Nullable Node concat(@Nullable Node left, @Nullable Node right) {
    if (left == null) {
      return right;
    }
    Node last = left;
    while (last.right != null) {
      last = last.right;
    }
    return join(withoutLast(left), last.key, last.value, right);
  }

  private static @Nullable Node withoutLast(Node node) {
    return node.right == null
        ? node.left
        : join(node.left, node.key, node.value, withoutLast(node.right));
  }

  /** Fails if an invariant does not hold. O(n): for tests and asserts. */
  boolean isSound() {
    return isSound(root, null, null);
  }

  private static boolean isSound(@Nullable Node node, @Nullable Bytes low, @Nullable Bytes high) {
    if (node == null) {
      return true;
    }
    return (low == null || low.compareTo(node.key) < 0)
        && (high == null || node.key.compareTo(high) < 0)
        && Math.abs(heightOf(node.left) - heightOf(node.right)) <= 1
        && isSound(node.left, low, node.key)
        && isSound(node.right, node.key, high);
  }
}
