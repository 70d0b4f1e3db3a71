package dev.terrane.sim.check;

import static dev.terrane.common.Invariant.check;

import java.util.List;

/**
 * What all processes of a run asked and were answered, in the order of invocation.
 *
 * <p>Invariant: an operation's number is its place in the list, and invocations rise along it.
 *
 * @param <C> what can be asked
 * @param <R> what can be answered
 */
public record History<C, R>(List<Operation<C, R>> operations) {
  public History {
    operations = List.copyOf(operations);
    int last = -1;
    for (int i = 0; i < operations.size(); i++) {
      Operation<C, R> operation = operations.get(i);
      check(operation.number() == i, "operation %d has number %d", i, operation.number());
      check(operation.invokedAt() > last, "operation %d was invoked before the one before it", i);
      last = operation.invokedAt();
    }
  }

  public int size() {
    return operations.size();
  }
}
