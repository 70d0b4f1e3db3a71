package dev.terrane.sim.check;

import dev.terrane.common.Bytes;
import dev.terrane.sim.check.Anomaly.Kind;
import dev.terrane.sim.check.ListTransaction.Step;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who appended what, and in which order the elements of each key came to be: the longest list that
 * anybody saw. Notes what is wrong with single lists on the way.
 */
final class VersionOrders {
  /** The append of one element. */
  record Append(Bytes key, long element) {}

  /** A list as the transaction found it, without what it had appended itself. */
  record Seen(int transaction, Bytes key, List<Long> list) {}

  private final History<ListTransaction, ListTransaction.Answer> history;
  private final Map<Append, Integer> writers = new LinkedHashMap<>();
  private final Map<Bytes, List<Long>> orders = new LinkedHashMap<>();
  private final List<Seen> seen = new ArrayList<>();
  private final List<Anomaly> anomalies = new ArrayList<>();

  VersionOrders(History<ListTransaction, ListTransaction.Answer> history) {
    this.history = history;
    for (var operation : history.operations()) {
      for (Step step : operation.call().steps()) {
        if (step instanceof Step.Append append) {
          writers.put(new Append(append.key(), append.element()), operation.number());
        }
      }
    }
    for (var operation : history.operations()) {
      if (operation.outcome() instanceof Outcome.Ok<ListTransaction.Answer> ok) {
        read(operation.number(), operation.call(), ok.result());
      }
    }
    seen.removeIf(read -> !isPlausible(read));
    seen.forEach(this::takeOrder);
    seen.forEach(this::compareWithOrder);
  }

  List<Anomaly> anomalies() {
    return anomalies;
  }

  List<Seen> seen() {
    return seen;
  }

  Map<Bytes, List<Long>> orders() {
    return orders;
  }

  /** Who appended {@code element}; null if nobody asked to. */
  @Nullable Integer writer(Bytes key, long element) {
    return writers.get(new Append(key, element));
  }

  /** Walks through a transaction with its own view of each list it has touched. */
  private void read(int number, ListTransaction transaction, ListTransaction.Answer answer) {
    Map<Bytes, List<Long>> own = new LinkedHashMap<>();
    Map<Bytes, List<Long>> found = new LinkedHashMap<>();
    int reads = 0;
    for (Step step : transaction.steps()) {
      switch (step) {
        case Step.Append append ->
            own.computeIfAbsent(append.key(), any -> new ArrayList<>()).add(append.element());
        case Step.Read read -> {
          List<Long> list = answer.reads().get(reads++);
          List<Long> mine = own.getOrDefault(read.key(), List.of());
          int theirs = list.size() - mine.size();
          if (theirs < 0 || !list.subList(theirs, list.size()).equals(mine)) {
            internal(number, read.key(), list, "which does not end with its own " + mine);
            continue;
          }
          List<Long> before = list.subList(0, theirs);
          List<Long> earlier = found.putIfAbsent(read.key(), before);
          if (earlier == null) {
            seen.add(new Seen(number, read.key(), before));
          } else if (!earlier.equals(before)) {
            internal(number, read.key(), list, "after it had found " + earlier);
          }
        }
      }
    }
  }

  private void internal(int number, Bytes key, List<Long> list, String why) {
    note(Kind.INTERNAL, "%s read %s of %s, %s".formatted(name(number), list, key, why));
  }

  private void takeOrder(Seen read) {
    List<Long> longest = orders.get(read.key());
    if (longest == null || longest.size() < read.list().size()) {
      orders.put(read.key(), read.list());
    }
  }

  private boolean isPlausible(Seen read) {
    Set<Long> elements = new HashSet<>();
    for (long element : read.list()) {
      if (!elements.add(element)) {
        note(
            Kind.DUPLICATE_ELEMENT,
            "%s read %d twice in %s".formatted(name(read.transaction()), element, read.key()));
        return false;
      }
      if (writer(read.key(), element) == null) {
        note(
            Kind.UNKNOWN_ELEMENT,
            "%s read %d in %s, which nobody appended"
                .formatted(name(read.transaction()), element, read.key()));
        return false;
      }
    }
    return true;
  }

  private void compareWithOrder(Seen read) {
    List<Long> order = orders.getOrDefault(read.key(), List.of());
    if (!isPrefix(read)) {
      note(
          Kind.INCOMPATIBLE_ORDER,
          "%s read %s of %s, others read %s"
              .formatted(name(read.transaction()), read.list(), read.key(), order));
    }
  }

  /** Whether the list read fits the order of its key. */
  boolean isPrefix(Seen read) {
    List<Long> order = orders.getOrDefault(read.key(), List.of());
    return read.list().size() <= order.size()
        && order.subList(0, read.list().size()).equals(read.list());
  }

  private void note(Kind kind, String account) {
    anomalies.add(new Anomaly(kind, account));
  }

  String name(int number) {
    var operation = history.operations().get(number);
    return "T%d (process %d)".formatted(number, operation.process());
  }
}
