package dev.terrane.sim.check;

import dev.terrane.sim.check.RegisterOperation.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether the history of one register is linearizable.
 *
 * <p>It goes through the events in order and keeps every {@link Configuration} that may have come
 * about: just-in-time linearization (G. Lowe, "Testing for linearizability", 2017), which refines
 * the search of J. Wing and C. Gong ("Testing and verifying concurrent objects", 1993). An
 * operation is placed no sooner than some operation's return demands it. What keeps the
 * configurations few:
 *
 * <ul>
 *   <li>A read is placed as soon as the register holds its value: it changes nothing, so that
 *       cannot hurt.
 *   <li>A write that does not lead to what is demanded is not placed ahead of time. When it, or one
 *       who saw it, returns, it may have happened just before another write that came in between:
 *       an {@linkplain #excursions excursion} that this other write covers up.
 *   <li>An operation of unknown outcome is placed only to satisfy one that is open and waits for
 *       its value, and not remembered once nobody can ask for that value any more. Those that do
 *       the same are one class with a count, since they can stand in for one another.
 *   <li>A configuration that can do all that another can is kept in its stead ({@link #dominates}).
 * </ul>
 *
 * <p>With values written once each few configurations remain, whatever the number of unknown
 * outcomes, in the spirit of P. Gibbons and E. Korach ("Testing shared memories", 1997). In general
 * the problem is NP-complete: the search gives up past a number of configurations, and says so.
 */
final class RegisterSearch {
  /** Past these a search is given up. */
  static final int CONFIGURATIONS_MAX = 4_000;

  /** From this number on it pays to look for configurations that others stand in for. */
  private static final int DOMINATION_MIN = 2;

  private static final int[] NONE = {};

  private final List<RegisterOperation> operations;
  private final ValueLives lives;
  private final UnknownClasses unknown;
  private final int[] slotOf;
  private final @Nullable RegisterOperation[] open;
  private List<Configuration> configurations;

  private RegisterSearch(KeyHistory history) {
    operations = history.operations();
    lives = new ValueLives(history);
    unknown = new UnknownClasses(operations);
    slotOf = new int[operations.size()];
    int slots = Math.max(1, assignSlots());
    open = new RegisterOperation[slots];
    configurations = List.of(Configuration.initial((slots + 63) >> 6));
  }

  /** What a search found. */
  sealed interface Finding {
    record Linearizable() implements Finding {}

    /**
     * Nothing can be placed at the return of {@code unplaceable}; {@code before} are the ways in
     * which everything that returned earlier may have happened.
     */
    record Broken(RegisterOperation unplaceable, List<Configuration> before) implements Finding {
      public Broken {
        before = List.copyOf(before);
      }
    }

    record GivenUp(RegisterOperation at) implements Finding {}
  }

  static Finding search(KeyHistory history) {
    return new RegisterSearch(history).run();
  }

  private static final class TooMany extends Exception {
    private static final long serialVersionUID = 1L;

    TooMany() {
      super("too many configurations", null, false, false);
    }
  }

  /** Events in order: an operation's index for its invocation, its complement for its return. */
  private int[] events() {
    long[] keyed = new long[2 * operations.size()];
    int count = 0;
    for (int i = 0; i < operations.size(); i++) {
      RegisterOperation operation = operations.get(i);
      keyed[count++] = ((long) operation.invokedAt() << 32) | i;
      if (operation.isCertain()) {
        keyed[count++] = ((long) operation.returnedAt() << 32) | (0x8000_0000L | i);
      }
    }
    Arrays.sort(keyed, 0, count);
    int[] events = new int[count];
    for (int i = 0; i < count; i++) {
      int index = (int) (keyed[i] & 0x7fff_ffffL);
      events[i] = (keyed[i] & 0x8000_0000L) != 0 ? ~index : index;
    }
    return events;
  }

  /** Gives each certain operation a slot for as long as it is open; returns how many there are. */
  private int assignSlots() {
    var free = new ArrayDeque<Integer>();
    int slots = 0;
    for (int event : events()) {
      int index = event >= 0 ? event : ~event;
      if (event < 0) {
        free.push(slotOf[index]);
      } else if (operations.get(index).isCertain()) {
        slotOf[index] = free.isEmpty() ? slots++ : free.pop();
      }
    }
    return slots;
  }

  private Finding run() {
    for (int event : events()) {
      int index = event >= 0 ? event : ~event;
      RegisterOperation operation = operations.get(index);
      if (event >= 0) {
        invoked(operation, slotOf[index], index);
        continue;
      }
      List<Configuration> before = configurations;
      try {
        returned(operation, slotOf[index]);
      } catch (TooMany e) {
        return new Finding.GivenUp(operation);
      }
      if (configurations.isEmpty()) {
        return new Finding.Broken(operation, before);
      }
    }
    return new Finding.Linearizable();
  }

  private void invoked(RegisterOperation operation, int slot, int index) {
    if (!operation.isCertain()) {
      if (operation.produces() && lives.isAlive(operation.value(), operation.invokedAt())) {
        unknown.invoked(index, operation.invokedAt());
      }
      return;
    }
    open[slot] = operation;
    if (operation.kind() == Kind.READ) {
      var placed = new ArrayList<Configuration>(configurations.size());
      for (Configuration configuration : configurations) {
        placed.add(
            configuration.state == operation.value()
                ? configuration.place(slot, operation, configuration.state, configuration.lastWrite)
                : configuration);
      }
      configurations = placed;
    }
  }

  private void returned(RegisterOperation operation, int slot) throws TooMany {
    var next = new LinkedHashMap<Configuration, Configuration>();
    for (Configuration configuration : configurations) {
      if (configuration.isDone(slot)) {
        add(next, configuration.release(slot));
        continue;
      }
      if (configuration.lastWrite > operation.invokedAt()) {
        excursions(configuration, operation, slot, next);
      }
      expand(configuration, operation, slot, next);
    }
    open[slot] = null;
    configurations = prune(next.keySet(), operation.returnedAt());
    for (int gone : unknown.retire(lives, operation.returnedAt())) {
      configurations = configurations.stream().map(kept -> kept.forget(gone)).distinct().toList();
    }
  }

  private static void add(Map<Configuration, Configuration> to, Configuration configuration)
      throws TooMany {
    Configuration known = to.get(configuration);
    if (known != null) {
      if (known.lastWrite >= configuration.lastWrite) {
        return;
      }
      to.remove(known);
    }
    to.put(configuration, configuration);
    if (to.size() > CONFIGURATIONS_MAX) {
      throw new TooMany();
    }
  }

  /**
   * Adds to {@code next} every way of placing {@code operation} just before the last write placed:
   * a write, swaps that follow upon it, and the reads of what they leave. The last write was open
   * to all of them and covers them up, so the register holds afterwards what it held before.
   */
  private void excursions(
      Configuration from,
      RegisterOperation operation,
      int slot,
      Map<Configuration, Configuration> next)
      throws TooMany {
    int end = from.lastWrite;
    int[] leading = leading(from, operation);
    var todo = new ArrayDeque<Configuration>();
    for (int other = 0; other < open.length; other++) {
      RegisterOperation head = open[other];
      if (head != null
          && head.kind() == Kind.WRITE
          && head.invokedAt() < end
          && !from.isDone(other)
          && (other == slot || contains(leading, head.value()))) {
        todo.push(produce(from, other, head, end));
      }
    }
    for (int candidate : unknown.active()) {
      RegisterOperation head = unknown.example(candidate);
      if (head.kind() == Kind.WRITE
          && contains(leading, head.value())
          && from.usedOf(candidate) < unknown.invokedBefore(candidate, end)) {
        todo.push(placeReads(from.use(candidate, head, head.value(), end), end));
      }
    }
    while (!todo.isEmpty()) {
      Configuration at = todo.pop();
      if (at.isDone(slot)) {
        add(next, at.back(from).release(slot));
      }
      for (int other = 0; other < open.length; other++) {
        RegisterOperation swap = open[other];
        if (swap != null
            && swap.kind() == Kind.SWAP
            && swap.invokedAt() < end
            && swap.expected() == at.state
            && !at.isDone(other)) {
          todo.push(produce(at, other, swap, end));
        }
      }
    }
  }

  /** Adds to {@code next} every way of placing {@code operation} now, after others or at once. */
  private void expand(
      Configuration from,
      RegisterOperation operation,
      int slot,
      Map<Configuration, Configuration> next)
      throws TooMany {
    int now = operation.returnedAt();
    var seen = new LinkedHashMap<Configuration, Configuration>();
    var todo = new ArrayDeque<Configuration>();
    add(seen, from);
    todo.push(from);
    while (!todo.isEmpty()) {
      Configuration at = todo.pop();
      if (at.isDone(slot)) {
        add(next, at.release(slot));
        continue;
      }
      if (operation.kind() == Kind.WRITE) {
        add(next, produce(at, slot, operation, now).release(slot));
      }
      for (Configuration step : steps(at, operation, slot, now)) {
        Configuration known = seen.get(step);
        if (known == null || known.lastWrite < step.lastWrite) {
          add(seen, step);
          todo.push(step);
        }
      }
    }
  }

  /**
   * Places one more operation that must not wait: a swap of what the register holds, or a write
   * that leads to what {@code operation} needs. What any other write leads to can be an excursion
   * later, unless a swap of unknown outcome is on the way.
   */
  private List<Configuration> steps(
      Configuration at, RegisterOperation operation, int slot, int now) {
    List<Configuration> steps = new ArrayList<>();
    int[] leading = leading(at, operation);
    int[] wanted = unknown.hasSwaps() ? wanted(at) : NONE;
    for (int other = 0; other < open.length; other++) {
      RegisterOperation candidate = open[other];
      if (candidate == null || at.isDone(other)) {
        continue;
      }
      if (candidate.kind() == Kind.SWAP
          ? at.state == candidate.expected()
          : candidate.kind() == Kind.WRITE
              && other != slot
              && (contains(leading, candidate.value()) || contains(wanted, candidate.value()))) {
        steps.add(produce(at, other, candidate, now));
      }
    }
    for (int candidate : unknown.active()) {
      RegisterOperation example = unknown.example(candidate);
      if (at.usedOf(candidate) < unknown.available(candidate)
          && (contains(leading, example.value()) || contains(wanted, example.value()))
          && (example.kind() == Kind.WRITE || at.state == example.expected())) {
        int lastWrite = example.kind() == Kind.WRITE ? now : at.lastWrite;
        steps.add(placeReads(at.use(candidate, example, example.value(), lastWrite), now));
      }
    }
    return steps;
  }

  /** The values from which swaps lead to what {@code operation} needs, that one included. */
  private int[] leading(Configuration at, RegisterOperation operation) {
    if (operation.needs() < 0) {
      return NONE;
    }
    int[] values = new int[open.length + unknown.active().size() + 1];
    values[0] = operation.needs();
    return backwards(at, values, 1);
  }

  /** The values that open operations wait for, and those from which swaps lead there. */
  private int[] wanted(Configuration at) {
    int[] values = new int[2 * open.length + unknown.active().size()];
    int count = 0;
    for (int slot = 0; slot < open.length; slot++) {
      RegisterOperation operation = open[slot];
      if (operation != null && operation.needs() >= 0 && !at.isDone(slot)) {
        values[count++] = operation.needs();
      }
    }
    return backwards(at, values, count);
  }

  /** Adds to the first {@code count} of {@code values} those from which swaps lead to them. */
  private int[] backwards(Configuration at, int[] values, int count) {
    boolean grown = true;
    while (grown) {
      int before = count;
      for (int slot = 0; slot < open.length; slot++) {
        RegisterOperation swap = open[slot];
        if (swap != null && swap.kind() == Kind.SWAP && !at.isDone(slot)) {
          count = addOrigin(values, count, swap);
        }
      }
      for (int candidate : unknown.hasSwaps() ? unknown.active() : List.<Integer>of()) {
        RegisterOperation swap = unknown.example(candidate);
        if (swap.kind() == Kind.SWAP && at.usedOf(candidate) < unknown.available(candidate)) {
          count = addOrigin(values, count, swap);
        }
      }
      grown = count > before;
    }
    return Arrays.copyOf(values, count);
  }

  private static int addOrigin(int[] values, int count, RegisterOperation swap) {
    if (contains(values, count, swap.value()) && !contains(values, count, swap.expected())) {
      values[count] = swap.expected();
      return count + 1;
    }
    return count;
  }

  private Configuration produce(Configuration at, int slot, RegisterOperation operation, int now) {
    int lastWrite = operation.kind() == Kind.WRITE ? now : at.lastWrite;
    return placeReads(at.place(slot, operation, operation.value(), lastWrite), now);
  }

  /** Places every open read of what the register holds. */
  private Configuration placeReads(Configuration at, int now) {
    Configuration placed = at;
    for (int slot = 0; slot < open.length; slot++) {
      RegisterOperation operation = open[slot];
      if (operation != null
          && operation.kind() == Kind.READ
          && operation.value() == at.state
          && operation.invokedAt() < now
          && !placed.isDone(slot)) {
        placed = placed.place(slot, operation, placed.state, placed.lastWrite);
      }
    }
    return placed;
  }

  private static boolean contains(int[] values, int value) {
    return contains(values, values.length, value);
  }

  private static boolean contains(int[] values, int count, int value) {
    for (int i = 0; i < count; i++) {
      if (values[i] == value) {
        return true;
      }
    }
    return false;
  }

  /** Whether nobody who is not placed in {@code at} can come to need {@code value}. */
  private boolean isDead(int value, Configuration at, int now) {
    if (lives.isNeededByOneInvokedAfter(value, now)) {
      return false;
    }
    for (int slot = 0; slot < open.length; slot++) {
      RegisterOperation operation = open[slot];
      if (operation != null && operation.needs() == value && !at.isDone(slot)) {
        return false;
      }
    }
    return true;
  }

  private List<Configuration> prune(Collection<Configuration> all, int now) {
    if (all.size() < DOMINATION_MIN) {
      return List.copyOf(all);
    }
    List<Configuration> kept = new ArrayList<>();
    for (Configuration candidate : all) {
      boolean needed = true;
      for (int i = kept.size() - 1; i >= 0 && needed; i--) {
        if (dominates(kept.get(i), candidate, now)) {
          needed = false;
        } else if (dominates(candidate, kept.get(i), now)) {
          kept.remove(i);
        }
      }
      if (needed) {
        kept.add(candidate);
      }
    }
    return kept;
  }

  /**
   * Whether whatever can follow upon {@code other} can follow upon {@code one} too: it holds the
   * same, or the other holds what nobody will look at before the next write; it has placed at least
   * as much; and what it has used up more nobody can ask for.
   */
  private boolean dominates(Configuration one, Configuration other, int now) {
    boolean unseen = isDead(other.state, other, now);
    if (one.state != other.state && !unseen) {
      return false;
    }
    for (int slot = 0; slot < open.length; slot++) {
      RegisterOperation operation = open[slot];
      if (operation == null) {
        continue;
      }
      boolean done = one.isDone(slot);
      if (!done && other.isDone(slot)) {
        return false;
      }
      if (!done
          && !unseen
          && one.lastWrite <= operation.invokedAt()
          && other.lastWrite > operation.invokedAt()) {
        return false; // there it can be part of an excursion, here it cannot
      }
      if (done
          && !other.isDone(slot)
          && operation.produces()
          && !isDead(operation.value(), one, now)) {
        return false;
      }
    }
    int[] used = one.used();
    for (int i = 0; i < used.length; i += 2) {
      if (used[i + 1] > other.usedOf(used[i])
          && !isDead(unknown.example(used[i]).value(), one, now)) {
        return false;
      }
    }
    return true;
  }
}
