package dev.terrane.common.due;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Those who are to be looked at, each at a time of its own and at most once in it. Who is not due
 * costs nothing, however many they are; those who are due at the same time come in the order in
 * which they were put in.
 *
 * <p>Confined to one thread. Times are nanoseconds of a monotonic clock.
 */
public final class DueQueue<T> {
  private record Due<T>(T who, long atNanos, long order) {}

  private final TreeSet<Due<T>> queue =
      new TreeSet<>(
          Comparator.<Due<T>>comparingLong(due -> due.atNanos).thenComparingLong(due -> due.order));
  private final Map<T, Due<T>> dueByWho = new HashMap<>(); // never iterated over
  private long orders;

  /** Has {@code who} come at {@code atNanos}, or earlier if it is to come before. */
  public void due(T who, long atNanos) {
    @Nullable Due<T> before = dueByWho.get(who);
    if (before != null) {
      if (before.atNanos <= atNanos) {
        return;
      }
      queue.remove(before);
    }
    Due<T> due = new Due<>(who, atNanos, orders++);
    dueByWho.put(who, due);
    queue.add(due);
  }

  /** {@code who} comes no more. */
  public void remove(T who) {
    @Nullable Due<T> due = dueByWho.remove(who);
    if (due != null) {
      queue.remove(due);
    }
  }

  /**
   * Takes out those who are due by {@code nowNanos}, at most {@code atMost} of them, and hands each
   * to {@code handler}, which may put it in again; returns how many they were.
   */
  public int handle(long nowNanos, int atMost, Consumer<? super T> handler) {
    int handled = 0;
    while (handled < atMost && !queue.isEmpty() && queue.first().atNanos <= nowNanos) {
      T who = queue.first().who;
      queue.pollFirst();
      dueByWho.remove(who);
      handled++;
      handler.accept(who);
    }
    return handled;
  }

  /** Whether somebody is due by {@code nowNanos}. */
  public boolean isDue(long nowNanos) {
    return !queue.isEmpty() && queue.first().atNanos <= nowNanos;
  }

  public int size() {
    return queue.size();
  }
}
