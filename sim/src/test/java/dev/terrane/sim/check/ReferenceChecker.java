package dev.terrane.sim.check;

import dev.terrane.sim.check.RegisterOperation.Kind;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The definition of linearizability, tried out in full: every order of at most thirty operations in
 * which each stands after those that returned before it was invoked, with those of unknown outcome
 * left out or not. Shares nothing with {@link RegisterSearch}.
 */
final class ReferenceChecker {
  private final List<RegisterOperation> operations;
  private final Set<Long> tried = new HashSet<>();
  private int certain;

  private ReferenceChecker(List<RegisterOperation> operations) {
    this.operations = operations;
    for (int i = 0; i < operations.size(); i++) {
      if (operations.get(i).isCertain()) {
        certain |= 1 << i;
      }
    }
  }

  static boolean isLinearizable(KeyHistory history) {
    if (history.operations().size() > 30) {
      throw new IllegalArgumentException("too many operations to try every order");
    }
    return new ReferenceChecker(history.operations()).explains(0, RegisterOperation.ABSENT);
  }

  private boolean explains(int placed, int state) {
    if ((placed & certain) == certain) {
      return true;
    }
    if (!tried.add(((long) placed << 32) | state)) {
      return false;
    }
    for (int i = 0; i < operations.size(); i++) {
      RegisterOperation operation = operations.get(i);
      if ((placed & (1 << i)) == 0
          && isNext(placed, operation)
          && (operation.kind() == Kind.WRITE || operation.needs() == state)
          && explains(placed | (1 << i), operation.produces() ? operation.value() : state)) {
        return true;
      }
    }
    return false;
  }

  /** Whether nobody who is not placed returned before {@code operation} was invoked. */
  private boolean isNext(int placed, RegisterOperation operation) {
    for (int i = 0; i < operations.size(); i++) {
      if ((placed & (1 << i)) == 0 && operations.get(i).returnedAt() < operation.invokedAt()) {
        return false;
      }
    }
    return true;
  }
}
