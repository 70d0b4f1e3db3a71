package dev.terrane.sim.check;

import dev.terrane.common.Bytes;
import dev.terrane.sim.check.ListTransaction.Step;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a history in the EDN form that Knossos and Elle read: one event a line, in order.
 *
 * <pre>
 * {:process 0, :type :invoke, :f :write, :value ["k1" "a"], :time 1000, :index 0}
 * {:process 0, :type :ok, :f :write, :value ["k1" "a"], :time 2000, :index 1}
 * {:process 1, :type :invoke, :f :txn, :value [[:append "x" 1] [:r "x" nil]], :time 3000, :index 2}
 * </pre>
 *
 * <p>A value is a string, or {@code nil} where the key is absent; a delete is a write of {@code
 * nil}. Both tools hold that a process whose operation ended as {@code :info} is gone, so each
 * process goes on under a number of its own after one. What is still open has no second event.
 *
 * <p>The same history gives the same bytes.
 */
public final class EdnWriter {
  private record Event(int at, boolean isReturn, int operation) {}

  private final Appendable out;
  private int index;

  private EdnWriter(Appendable out) {
    this.out = out;
  }

  /**
   * Writes the operations on single keys as those of registers, independent by key: {@code :read},
   * {@code :write} and {@code :cas}. Calls of several keys have no form there and are left out.
   */
  public static void registers(History<RawCall, RawResult> history, Appendable out)
      throws IOException {
    new EdnWriter(out).write(history, EdnWriter::function, EdnWriter::value);
  }

  /** Writes transactions over lists, for Elle's list-append. */
  public static void transactions(
      History<ListTransaction, ListTransaction.Answer> history, Appendable out) throws IOException {
    new EdnWriter(out).write(history, any -> ":txn", EdnWriter::steps);
  }

  private interface Function<C> {
    /** The operation's {@code :f}; null if it has no form. */
    @Nullable String of(C call);
  }

  private interface Value<C, R> {
    /** The operation's {@code :value}, before it has an outcome or with it. */
    String of(C call, @Nullable R result);
  }

  private <C, R> void write(History<C, R> history, Function<C> function, Value<C, R> value)
      throws IOException {
    Map<Integer, Integer> alias = new LinkedHashMap<>();
    int processes = 0;
    for (Operation<C, R> operation : history.operations()) {
      processes = Math.max(processes, operation.process() + 1);
    }
    int[] processOf = new int[history.size()];
    for (Event event : events(history)) {
      Operation<C, R> operation = history.operations().get(event.operation);
      String f = function.of(operation.call());
      if (f == null) {
        continue;
      }
      if (!event.isReturn) {
        int process = alias.getOrDefault(operation.process(), operation.process());
        processOf[event.operation] = process;
        event(process, ":invoke", f, value.of(operation.call(), null), operation.invokedNanos());
        continue;
      }
      R result = operation.outcome() instanceof Outcome.Ok<R> ok ? ok.result() : null;
      event(
          processOf[event.operation],
          type(operation.outcome()),
          f,
          value.of(operation.call(), result),
          operation.completedNanos());
      if (operation.outcome() instanceof Outcome.Unknown) {
        alias.put(operation.process(), processes++);
      }
    }
  }

  private static <C, R> List<Event> events(History<C, R> history) {
    List<Event> events = new ArrayList<>(2 * history.size());
    for (Operation<C, R> operation : history.operations()) {
      events.add(new Event(operation.invokedAt(), false, operation.number()));
      if (operation.completedAt() != Operation.NEVER) {
        events.add(new Event(operation.completedAt(), true, operation.number()));
      }
    }
    events.sort(Comparator.comparingInt(Event::at));
    return events;
  }

  private void event(int process, String type, String f, String value, long nanos)
      throws IOException {
    out.append("{:process ")
        .append(Integer.toString(process))
        .append(", :type ")
        .append(type)
        .append(", :f ")
        .append(f)
        .append(", :value ")
        .append(value)
        .append(", :time ")
        .append(Long.toString(nanos))
        .append(", :index ")
        .append(Integer.toString(index++))
        .append("}\n");
  }

  /** A refused swap did not happen: to Knossos it is a failed one. */
  private static <R> String type(Outcome<R> outcome) {
    return switch (outcome) {
      case Outcome.Ok<R> ok ->
          ok.result() instanceof RawResult.Swap swap && !swap.swapped() ? ":fail" : ":ok";
      case Outcome.Failed<R> failed -> ":fail";
      case Outcome.Unknown<R> unknown -> ":info";
    };
  }

  private static @Nullable String function(RawCall call) {
    return switch (call) {
      case RawCall.Get get -> ":read";
      case RawCall.Put put -> ":write";
      case RawCall.Delete delete -> ":write";
      case RawCall.CompareAndSwap swap -> ":cas";
      case RawCall.BatchGet get -> null;
      case RawCall.BatchPut put -> null;
      case RawCall.BatchDelete delete -> null;
      case RawCall.Scan scan -> null;
      case RawCall.DeleteRange delete -> null;
    };
  }

  private static String value(RawCall call, @Nullable RawResult result) {
    String value =
        switch (call) {
          case RawCall.Get get when result instanceof RawResult.Found found -> text(found.value());
          case RawCall.Put put -> text(put.value());
          case RawCall.CompareAndSwap swap ->
              "[" + text(swap.expected()) + " " + text(swap.value()) + "]";
          default -> "nil";
        };
    return "[" + text(Descriptions.firstKey(call)) + " " + value + "]";
  }

  private static String steps(ListTransaction call, ListTransaction.@Nullable Answer answer) {
    List<String> steps = new ArrayList<>();
    int reads = 0;
    for (Step step : call.steps()) {
      steps.add(
          switch (step) {
            case Step.Append append ->
                "[:append " + text(append.key()) + " " + append.element() + "]";
            case Step.Read read ->
                "[:r "
                    + text(read.key())
                    + " "
                    + (answer == null ? "nil" : list(answer.reads().get(reads++)))
                    + "]";
          });
    }
    return "[" + String.join(" ", steps) + "]";
  }

  private static String list(List<Long> elements) {
    return "[" + String.join(" ", elements.stream().map(String::valueOf).toList()) + "]";
  }

  private static String text(@Nullable Bytes bytes) {
    return bytes == null
        ? "nil"
        : "\"" + bytes.toString().replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
