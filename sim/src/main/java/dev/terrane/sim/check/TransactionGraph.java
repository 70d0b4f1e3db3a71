package dev.terrane.sim.check;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who depends on whom: the direct serialization graph. Nodes are operations by number.
 *
 * <p>Confined to the checker.
 */
final class TransactionGraph {
  /** How one transaction comes before another. */
  enum Dependency {
    /** It wrote what the other wrote after. */
    WRITE_WRITE("was overwritten by"),
    /** It wrote what the other read. */
    WRITE_READ("was read by"),
    /** It read what the other wrote over. */
    READ_WRITE("did not see");

    private final String words;

    Dependency(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  /**
   * @param why the key and the elements, for people
   */
  record Edge(int from, int to, Dependency dependency, String why) {}

  private final List<List<Edge>> edges = new ArrayList<>();

  TransactionGraph(int nodes) {
    for (int i = 0; i < nodes; i++) {
      edges.add(new ArrayList<>());
    }
  }

  void add(Edge edge) {
    if (edge.from() != edge.to()) {
      edges.get(edge.from()).add(edge);
    }
  }

  List<Edge> edges() {
    return edges.stream().flatMap(List::stream).toList();
  }

  /**
   * A shortest cycle that begins with {@code first} and goes on over edges that {@code allowed}
   * lets through; null if there is none.
   */
  @Nullable List<Edge> cycle(Edge first, Predicate<Edge> allowed) {
    @Nullable Edge[] reachedBy = new Edge[edges.size()];
    var todo = new ArrayDeque<Integer>();
    todo.add(first.to());
    while (!todo.isEmpty()) {
      int at = todo.remove();
      for (Edge edge : edges.get(at)) {
        if (!allowed.test(edge)) {
          continue;
        }
        if (edge.to() == first.from()) {
          return path(first, edge, reachedBy);
        }
        if (edge.to() != first.to() && reachedBy[edge.to()] == null) {
          reachedBy[edge.to()] = edge;
          todo.add(edge.to());
        }
      }
    }
    return null;
  }

  private static List<Edge> path(Edge first, Edge last, @Nullable Edge[] reachedBy) {
    List<Edge> path = new ArrayList<>();
    for (Edge edge = last; edge != null; edge = reachedBy[edge.from()]) {
      path.add(edge);
    }
    path.add(first);
    Collections.reverse(path);
    return path;
  }

  /**
   * The strongly connected component of each node over edges that {@code allowed} lets through: R.
   * Tarjan's algorithm, without recursion since histories are long.
   */
  int[] components(Predicate<Edge> allowed) {
    int nodes = edges.size();
    int[] component = new int[nodes];
    int[] low = new int[nodes];
    int[] order = new int[nodes];
    int[] next = new int[nodes];
    Arrays.fill(component, -1);
    var open = new ArrayDeque<Integer>();
    var calls = new ArrayDeque<Integer>();
    int counter = 0;
    int components = 0;
    for (int root = 0; root < nodes; root++) {
      if (order[root] != 0) {
        continue;
      }
      calls.push(root);
      while (!calls.isEmpty()) {
        int at = calls.peek();
        if (order[at] == 0) {
          order[at] = ++counter;
          low[at] = counter;
          open.push(at);
        }
        boolean called = false;
        List<Edge> out = edges.get(at);
        while (next[at] < out.size() && !called) {
          Edge edge = out.get(next[at]++);
          if (!allowed.test(edge)) {
            continue;
          }
          if (order[edge.to()] == 0) {
            calls.push(edge.to());
            called = true;
          } else if (component[edge.to()] < 0) {
            low[at] = Math.min(low[at], order[edge.to()]);
          }
        }
        if (called) {
          continue;
        }
        calls.pop();
        if (!calls.isEmpty()) {
          low[calls.element()] = Math.min(low[calls.element()], low[at]);
        }
        if (low[at] == order[at]) {
          int member;
          do {
            member = open.pop();
            component[member] = components;
          } while (member != at);
          components++;
        }
      }
    }
    return component;
  }
}
