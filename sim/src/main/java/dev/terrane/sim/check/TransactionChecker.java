package dev.terrane.sim.check;

import com.google.errorprone.annotations.FormatMethod;
import dev.terrane.common.Bytes;
import dev.terrane.sim.check.Anomaly.Kind;
import dev.terrane.sim.check.ListTransaction.Step;
import dev.terrane.sim.check.TransactionGraph.Dependency;
import dev.terrane.sim.check.TransactionGraph.Edge;
import dev.terrane.sim.check.VersionOrders.Seen;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds what transactions over lists saw and must not have seen: builds who depends on whom from
 * what was read, and looks for cycles (K. Kingsbury and P. Alvaro, "Elle", 2020; A. Adya, "Weak
 * consistency", 1999). Where timestamps were taken down they are held to as well: a snapshot is all
 * that committed up to its start, nothing else, and no two transactions that overlap write one key.
 *
 * <p>Of each kind of cycle one is told for each group of transactions that hang together. A
 * transaction of unknown outcome counts as committed once somebody has seen an element of it.
 *
 * <p>Not for pessimistic transactions' timestamps: those write at a later one than they began with.
 */
public final class TransactionChecker {
  private final History<ListTransaction, ListTransaction.Answer> history;
  private final VersionOrders versions;
  private final TransactionGraph graph;
  private final List<Anomaly> anomalies;

  private TransactionChecker(History<ListTransaction, ListTransaction.Answer> history) {
    this.history = history;
    versions = new VersionOrders(history);
    graph = new TransactionGraph(history.size());
    anomalies = new ArrayList<>(versions.anomalies());
  }

  /** All that was found, in the same order each time; empty if nothing is wrong. */
  public static List<Anomaly> check(History<ListTransaction, ListTransaction.Answer> history) {
    var checker = new TransactionChecker(history);
    checker.readsOfWhatIsNotCommitted();
    checker.lostUpdates();
    checker.lostAppends();
    checker.buildGraph();
    checker.cycles();
    checker.timestamps();
    return List.copyOf(checker.anomalies);
  }

  private void readsOfWhatIsNotCommitted() {
    for (Seen read : versions.seen()) {
      for (long element : read.list()) {
        Integer writer = versions.writer(read.key(), element);
        if (writer != null && operation(writer).outcome() instanceof Outcome.Failed) {
          note(
              Kind.G1A,
              "%s read %d in %s, which %s appended; but that one failed",
              versions.name(read.transaction()),
              element,
              read.key(),
              versions.name(writer));
        }
      }
      if (!read.list().isEmpty()) {
        intermediateRead(read, read.list().getLast());
      }
    }
  }

  private void intermediateRead(Seen read, long last) {
    Integer writer = versions.writer(read.key(), last);
    if (writer == null || writer == read.transaction()) {
      return;
    }
    long own = last;
    for (Step step : operation(writer).call().steps()) {
      if (step instanceof Step.Append append && append.key().equals(read.key())) {
        own = append.element();
      }
    }
    if (own != last) {
      note(
          Kind.G1B,
          "%s read %s up to %d; but %s, who appended that, went on to append %d",
          versions.name(read.transaction()),
          read.key(),
          last,
          versions.name(writer),
          own);
    }
  }

  /** Two who found the same list and both appended to it: one of them wrote over the other. */
  private void lostUpdates() {
    Map<Seen, Integer> first = new LinkedHashMap<>();
    for (Seen read : versions.seen()) {
      boolean appends =
          operation(read.transaction()).call().steps().stream()
              .anyMatch(step -> step instanceof Step.Append && step.key().equals(read.key()));
      if (!appends) {
        continue;
      }
      Integer other = first.putIfAbsent(new Seen(0, read.key(), read.list()), read.transaction());
      if (other != null) {
        note(
            Kind.LOST_UPDATE,
            "%s and %s both read %s of %s and appended to it",
            versions.name(other),
            versions.name(read.transaction()),
            read.list(),
            read.key());
      }
    }
  }

  /** What was acknowledged before a transaction was begun must be there for it. */
  private void lostAppends() {
    Map<Bytes, List<Acknowledged>> acknowledged = new LinkedHashMap<>();
    for (var operation : history.operations()) {
      if (operation.outcome() instanceof Outcome.Ok) {
        for (Step step : operation.call().steps()) {
          if (step instanceof Step.Append append) {
            acknowledged
                .computeIfAbsent(append.key(), any -> new ArrayList<>())
                .add(
                    new Acknowledged(
                        operation.completedAt(), operation.number(), append.element()));
          }
        }
      }
    }
    for (Seen read : versions.seen()) {
      Set<Long> there = new HashSet<>(read.list());
      int begun = operation(read.transaction()).invokedAt();
      for (Acknowledged append : acknowledged.getOrDefault(read.key(), List.of())) {
        if (append.at < begun && !there.contains(append.element)) {
          note(
              Kind.LOST_APPEND,
              "%s read %s of %s, without %d, which %s had appended before",
              versions.name(read.transaction()),
              read.list(),
              read.key(),
              append.element,
              versions.name(append.transaction));
          break;
        }
      }
    }
  }

  private record Acknowledged(int at, int transaction, long element) {}

  private void buildGraph() {
    versions
        .orders()
        .forEach((key, order) -> {
          for (int i = 1; i < order.size(); i++) {
            edge(
                versions.writer(key, order.get(i - 1)),
                versions.writer(key, order.get(i)),
                Dependency.WRITE_WRITE,
                "%s: %d before %d".formatted(key, order.get(i - 1), order.get(i)));
          }
        });
    for (Seen read : versions.seen()) {
      if (!versions.isPrefix(read)) {
        continue; // told already, and it says nothing about what came after
      }
      List<Long> order = versions.orders().getOrDefault(read.key(), List.of());
      int length = read.list().size();
      if (length > 0) {
        edge(
            versions.writer(read.key(), read.list().getLast()),
            read.transaction(),
            Dependency.WRITE_READ,
            "%s: %d".formatted(read.key(), read.list().getLast()));
      }
      if (length < order.size()) {
        edge(
            read.transaction(),
            versions.writer(read.key(), order.get(length)),
            Dependency.READ_WRITE,
            "%s: %d".formatted(read.key(), order.get(length)));
      }
    }
  }

  private void edge(@Nullable Integer from, @Nullable Integer to, Dependency kind, String why) {
    if (from != null && to != null) {
      graph.add(new Edge(from, to, kind, why));
    }
  }

  private void cycles() {
    Predicate<Edge> writes = edge -> edge.dependency() == Dependency.WRITE_WRITE;
    Predicate<Edge> reads = edge -> edge.dependency() == Dependency.WRITE_READ;
    Predicate<Edge> antis = edge -> edge.dependency() == Dependency.READ_WRITE;
    cycles(Kind.G0, writes, writes, writes);
    cycles(Kind.G1C, reads, writes.or(reads), writes.or(reads));
    cycles(Kind.G_SINGLE, antis, writes.or(reads), any -> true);
    cycles(Kind.G2_ITEM, antis, any -> true, any -> true);
  }

  /**
   * Looks for cycles that begin with an edge of {@code first} and go on over edges of {@code rest},
   * one in each component over edges of {@code within}.
   */
  private void cycles(
      Kind kind, Predicate<Edge> first, Predicate<Edge> rest, Predicate<Edge> within) {
    int[] component = graph.components(within);
    Set<Integer> told = new HashSet<>();
    for (Edge edge : graph.edges()) {
      int group = component[edge.from()];
      if (!first.test(edge) || group != component[edge.to()] || told.contains(group)) {
        continue;
      }
      List<Edge> cycle = graph.cycle(edge, rest);
      if (cycle == null
          || (kind == Kind.G2_ITEM
              && cycle.stream().filter(e -> e.dependency() == Dependency.READ_WRITE).count() < 2)) {
        continue;
      }
      told.add(group);
      note(kind, "%s", inWords(cycle));
    }
  }

  private String inWords(List<Edge> cycle) {
    StringBuilder words = new StringBuilder();
    for (Edge edge : cycle) {
      words
          .append(versions.name(edge.from()))
          .append(' ')
          .append(edge.dependency().words())
          .append(' ')
          .append(versions.name(edge.to()))
          .append(" [")
          .append(edge.why())
          .append("]; ");
    }
    return words.append("so each of them comes before itself").toString();
  }

  private void timestamps() {
    for (Edge edge : graph.edges()) {
      ListTransaction.Answer from = answer(edge.from());
      ListTransaction.Answer to = answer(edge.to());
      if (from == null || to == null || from.startTs() == 0 || to.startTs() == 0) {
        continue;
      }
      if (edge.dependency() == Dependency.READ_WRITE) {
        if (to.commitTs() <= from.startTs()) {
          note(
              Kind.G_SI_B,
              "%s, begun at %d, did not see %s, committed at %d [%s]",
              versions.name(edge.from()),
              from.startTs(),
              versions.name(edge.to()),
              to.commitTs(),
              edge.why());
        }
      } else if (from.commitTs() > to.startTs()) {
        note(
            Kind.G_SI_A,
            "%s, committed at %d, %s %s, begun at %d [%s]",
            versions.name(edge.from()),
            from.commitTs(),
            edge.dependency().words(),
            versions.name(edge.to()),
            to.startTs(),
            edge.why());
      }
    }
    timestampsInRealTime();
  }

  /** Goes through the events: who begins now must have a later start than all that are known. */
  private void timestampsInRealTime() {
    record Event(int at, int number, boolean isReturn) {}
    List<Event> events = new ArrayList<>();
    for (var operation : history.operations()) {
      ListTransaction.Answer answer = answer(operation.number());
      if (answer != null && answer.startTs() != 0) {
        events.add(new Event(operation.invokedAt(), operation.number(), false));
        events.add(new Event(operation.completedAt(), operation.number(), true));
      }
    }
    events.sort((a, b) -> Integer.compare(a.at, b.at));
    int latest = -1;
    long latestTs = 0;
    for (Event event : events) {
      ListTransaction.Answer answer = answer(event.number);
      if (answer == null) {
        continue;
      }
      if (!event.isReturn) {
        if (latest >= 0 && answer.startTs() <= latestTs) {
          note(
              Kind.TIMESTAMP_ORDER,
              "%s began at %d, after %s was acknowledged, which committed at %d",
              versions.name(event.number),
              answer.startTs(),
              versions.name(latest),
              latestTs);
        }
      } else if (answer.commitTs() > latestTs) {
        latestTs = answer.commitTs();
        latest = event.number;
      }
    }
  }

  private Operation<ListTransaction, ListTransaction.Answer> operation(int number) {
    return history.operations().get(number);
  }

  private ListTransaction.@Nullable Answer answer(int number) {
    return operation(number).outcome() instanceof Outcome.Ok<ListTransaction.Answer> ok
        ? ok.result()
        : null;
  }

  @FormatMethod
  private void note(Kind kind, String format, Object... arguments) {
    anomalies.add(new Anomaly(kind, String.format(format, arguments)));
  }
}
