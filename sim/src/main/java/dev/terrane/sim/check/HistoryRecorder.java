package dev.terrane.sim.check;

import static dev.terrane.common.Invariant.check;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes down what clients ask and are answered, in the order in which it is told.
 *
 * <p>Confined to the simulator's thread: that order is the order of events. Holds at most the
 * operations it was made for; who wants to go on asks {@link #isFull} first.
 */
public final class HistoryRecorder<C, R> {
  private final int operationsMax;
  private final List<Entry<C, R>> entries = new ArrayList<>();
  private final Map<Integer, Integer> openByProcess = new LinkedHashMap<>();
  private int events;

  private static final class Entry<C, R> {
    final int process;
    final int invokedAt;
    final long invokedNanos;
    final C call;
    int completedAt = Operation.NEVER;
    long completedNanos = Operation.NEVER;
    @Nullable Outcome<R> outcome;

    Entry(int process, int invokedAt, long invokedNanos, C call) {
      this.process = process;
      this.invokedAt = invokedAt;
      this.invokedNanos = invokedNanos;
      this.call = call;
    }
  }

  /**
   * @param operationsMax how many operations are taken down at most
   */
  public HistoryRecorder(int operationsMax) {
    check(operationsMax > 0 && operationsMax < 1 << 29, "room for %d operations", operationsMax);
    this.operationsMax = operationsMax;
  }

  public boolean isFull() {
    return entries.size() == operationsMax;
  }

  public int size() {
    return entries.size();
  }

  /**
   * {@code process} asks for {@code call} now. It must have no other operation open.
   *
   * @return the operation's number, to be completed with
   */
  public int invoke(int process, long nowNanos, C call) {
    check(!isFull(), "the history is full at %d operations", operationsMax);
    int number = entries.size();
    check(
        openByProcess.putIfAbsent(process, number) == null,
        "process %d asks for a second operation, number %d",
        process,
        number);
    entries.add(new Entry<>(process, events++, nowNanos, call));
    return number;
  }

  /** Operation {@code number} has ended now, with {@code outcome}. */
  public void complete(int number, long nowNanos, Outcome<R> outcome) {
    Entry<C, R> entry = entries.get(number);
    check(entry.outcome == null, "operation %d ended twice", number);
    entry.completedAt = events++;
    entry.completedNanos = nowNanos;
    entry.outcome = outcome;
    openByProcess.remove(entry.process);
  }

  /** What was taken down so far; what is still open is of unknown outcome. */
  public History<C, R> history() {
    List<Operation<C, R>> operations = new ArrayList<>(entries.size());
    for (Entry<C, R> entry : entries) {
      Outcome<R> outcome = entry.outcome;
      operations.add(
          new Operation<>(
              operations.size(),
              entry.process,
              entry.invokedAt,
              entry.completedAt,
              entry.invokedNanos,
              entry.completedNanos,
              entry.call,
              outcome == null ? new Outcome.Unknown<>("still open") : outcome));
    }
    return new History<>(operations);
  }
}
