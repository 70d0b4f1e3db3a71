package dev.terrane.sim.check;

import dev.terrane.common.Bytes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A history written by hand: each operation with the moments at which it was invoked and returned,
 * no two of which are the same. Every operation has a process of its own.
 */
final class Story {
  private record Line(int from, int to, RawCall call, Outcome<RawResult> outcome) {}

  private final List<Line> lines = new ArrayList<>();

  static Bytes bytes(String text) {
    return Bytes.ofUtf8(text);
  }

  Story ok(int from, int to, RawCall call, RawResult result) {
    lines.add(new Line(from, to, call, new Outcome.Ok<>(result)));
    return this;
  }

  Story failed(int from, int to, RawCall call) {
    lines.add(new Line(from, to, call, new Outcome.Failed<>("not leader")));
    return this;
  }

  Story unknown(int from, int to, RawCall call) {
    lines.add(new Line(from, to, call, new Outcome.Unknown<>("deadline")));
    return this;
  }

  Story put(int from, int to, String value) {
    return ok(from, to, put(value), RawResult.DONE);
  }

  Story delete(int from, int to) {
    return ok(from, to, new RawCall.Delete(bytes("k")), RawResult.DONE);
  }

  Story get(int from, int to, String value) {
    return ok(from, to, new RawCall.Get(bytes("k")), new RawResult.Found(bytes(value)));
  }

  Story getsNothing(int from, int to) {
    return ok(from, to, new RawCall.Get(bytes("k")), new RawResult.Found(null));
  }

  Story swapped(int from, int to, String expected, String value) {
    return ok(from, to, swap(expected, value), new RawResult.Swap(true, bytes(expected)));
  }

  Story notSwapped(int from, int to, String expected, String value, String previous) {
    return ok(from, to, swap(expected, value), new RawResult.Swap(false, bytes(previous)));
  }

  static RawCall put(String value) {
    return new RawCall.Put(bytes("k"), bytes(value));
  }

  static RawCall swap(String expected, String value) {
    return new RawCall.CompareAndSwap(bytes("k"), bytes(expected), bytes(value));
  }

  History<RawCall, RawResult> history() {
    List<Line> ordered = new ArrayList<>(lines);
    ordered.sort(Comparator.comparingInt(Line::from));
    List<Operation<RawCall, RawResult>> operations = new ArrayList<>();
    for (Line line : ordered) {
      int number = operations.size();
      operations.add(
          new Operation<>(
              number,
              number,
              line.from,
              line.to,
              line.from * 1_000_000L,
              line.to * 1_000_000L,
              line.call,
              line.outcome));
    }
    return new History<>(operations);
  }
}
