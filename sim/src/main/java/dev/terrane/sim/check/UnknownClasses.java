package dev.terrane.sim.check;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Operations of unknown outcome, those that do the same taken together. Once invoked they never
 * end, so those of one class can stand in for one another and only their number matters.
 */
final class UnknownClasses {
  /** What makes two of them the same. */
  private record Effect(RegisterOperation.Kind kind, int expected, int value) {}

  private final int[] classOf;
  private final List<RegisterOperation> examples = new ArrayList<>();
  private final int[] available;
  private final List<List<Integer>> invocations = new ArrayList<>();
  private final List<Integer> active = new ArrayList<>();
  private int activeSwaps;

  UnknownClasses(List<RegisterOperation> operations) {
    classOf = new int[operations.size()];
    Map<Effect, Integer> classes = new LinkedHashMap<>();
    for (int i = 0; i < operations.size(); i++) {
      RegisterOperation operation = operations.get(i);
      if (operation.produces() && !operation.isCertain()) {
        var effect = new Effect(operation.kind(), operation.expected(), operation.value());
        Integer known = classes.putIfAbsent(effect, examples.size());
        if (known == null) {
          known = examples.size();
          examples.add(operation);
          invocations.add(new ArrayList<>());
        }
        classOf[i] = known;
      }
    }
    available = new int[examples.size()];
  }

  /**
   * The operation at {@code index}, invoked at event {@code invokedAt}, may take effect from now
   * on.
   */
  void invoked(int index, int invokedAt) {
    int unknownClass = classOf[index];
    invocations.get(unknownClass).add(invokedAt);
    if (available[unknownClass]++ == 0) {
      active.add(unknownClass);
      if (isSwap(unknownClass)) {
        activeSwaps++;
      }
    }
  }

  /** Lets go of classes whose value nobody can need after event {@code now}, and names them. */
  List<Integer> retire(ValueLives lives, int now) {
    if (active.isEmpty()) {
      return List.of();
    }
    List<Integer> retired = new ArrayList<>();
    active.removeIf(unknownClass -> {
      if (lives.isAlive(examples.get(unknownClass).value(), now)) {
        return false;
      }
      available[unknownClass] = 0;
      if (isSwap(unknownClass)) {
        activeSwaps--;
      }
      return retired.add(unknownClass);
    });
    return retired;
  }

  List<Integer> active() {
    return active;
  }

  boolean hasSwaps() {
    return activeSwaps > 0;
  }

  RegisterOperation example(int unknownClass) {
    return examples.get(unknownClass);
  }

  int available(int unknownClass) {
    return available[unknownClass];
  }

  /** How many were invoked before event {@code end}. */
  int invokedBefore(int unknownClass, int end) {
    int found = Collections.binarySearch(invocations.get(unknownClass), end);
    return found < 0 ? -found - 1 : found;
  }

  private boolean isSwap(int unknownClass) {
    return examples.get(unknownClass).kind() == RegisterOperation.Kind.SWAP;
  }
}
