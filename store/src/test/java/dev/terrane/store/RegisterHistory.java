package dev.terrane.store;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What clients saw of one key, and whether a single register could have answered so: each operation
 * took effect at one moment between its call and its answer (Herlihy and Wing). An operation
 * without an answer took effect at any later moment or never.
 *
 * <p>The search tries operations in every order that time allows, and remembers where it has been.
 */
final class RegisterHistory {
  /** The search keeps sets of operations in one word. */
  static final int OPERATIONS_MAX = 62;

  /** An operation under way or done. */
  static final class Operation {
    private final boolean write;
    private final long calledNanos;
    private @Nullable String value;
    private long answeredNanos = Long.MAX_VALUE;
    private boolean happened;

    Operation(boolean write, @Nullable String value, long calledNanos) {
      this.write = write;
      this.value = value;
      this.calledNanos = calledNanos;
    }

    /** A write was acknowledged, or a read answered {@code read}. */
    void answered(@Nullable String read, long nowNanos) {
      if (!write) {
        value = read;
      }
      answeredNanos = nowNanos;
      happened = true;
    }

    @Override
    public String toString() {
      return (write ? "write " : "read ")
          + value
          + " ["
          + calledNanos / 1_000_000
          + ", "
          + (happened ? String.valueOf(answeredNanos / 1_000_000) : "?")
          + "] ms";
    }
  }

  private record Position(long done, @Nullable String value) {}

  private final List<Operation> operations = new ArrayList<>();
  private final Set<Position> visited = new HashSet<>();

  boolean isFull() {
    return operations.size() >= OPERATIONS_MAX;
  }

  Operation write(String value, long nowNanos) {
    Operation operation = new Operation(true, value, nowNanos);
    operations.add(operation);
    return operation;
  }

  Operation read(long nowNanos) {
    Operation operation = new Operation(false, null, nowNanos);
    operations.add(operation);
    return operation;
  }

  /** It certainly did not happen. */
  void forget(Operation operation) {
    operations.remove(operation);
  }

  List<Operation> operations() {
    return operations;
  }

  boolean isLinearizable() {
    operations.removeIf(o -> !o.write && !o.happened);
    visited.clear();
    return search(0, null);
  }

  private boolean search(long done, @Nullable String value) {
    if (!visited.add(new Position(done, value))) {
      return false;
    }
    long firstAnswer = Long.MAX_VALUE;
    boolean allAnsweredDone = true;
    for (int i = 0; i < operations.size(); i++) {
      Operation operation = operations.get(i);
      if ((done & 1L << i) == 0 && operation.happened) {
        allAnsweredDone = false;
        firstAnswer = Math.min(firstAnswer, operation.answeredNanos);
      }
    }
    if (allAnsweredDone) {
      return true;
    }
    for (int i = 0; i < operations.size(); i++) {
      Operation operation = operations.get(i);
      if ((done & 1L << i) != 0 || operation.calledNanos > firstAnswer) {
        continue;
      }
      String after = operation.write ? operation.value : value;
      boolean fits = operation.write || Objects.equals(operation.value, value);
      if (fits && search(done | 1L << i, after)) {
        return true;
      }
    }
    return false;
  }
}
