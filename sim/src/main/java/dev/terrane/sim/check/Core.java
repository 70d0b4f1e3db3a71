package dev.terrane.sim.check;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a history that is not linearizable down to a short one that still is not.
 *
 * <p>Only what cannot make up the fault may go: a read, for fewer answers are easier to explain;
 * and an operation that leaves behind a value which nobody left needs, for without it the register
 * holds another value at a time when nobody looks. Delta debugging (A. Zeller and R. Hildebrandt,
 * 2002) does the cutting, for as long as a budget lasts.
 */
final class Core {
  /** Operations searched in all attempts together. */
  private static final long BUDGET = 20_000_000;

  private final KeyHistory history;
  private List<RegisterOperation> kept;
  private long budget = BUDGET;

  private Core(KeyHistory history, List<RegisterOperation> kept) {
    this.history = history;
    this.kept = kept;
  }

  /** What is left of {@code history}, which breaks at the return of {@code unplaceable}. */
  static List<RegisterOperation> of(KeyHistory history, RegisterOperation unplaceable) {
    var core = new Core(history, upTo(history, unplaceable.returnedAt()));
    int before;
    do {
      before = core.kept.size();
      core.cut();
    } while (core.kept.size() < before && core.budget > 0);
    return core.kept;
  }

  /** What was known at event {@code end}: what was open then is of unknown outcome. */
  private static List<RegisterOperation> upTo(KeyHistory history, int end) {
    List<RegisterOperation> known = new ArrayList<>();
    for (RegisterOperation operation : history.operations()) {
      if (operation.invokedAt() >= end) {
        break;
      }
      if (operation.returnedAt() <= end) {
        known.add(operation);
      } else if (operation.produces()) {
        known.add(
            new RegisterOperation(
                operation.kind(),
                operation.expected(),
                operation.value(),
                operation.invokedAt(),
                Operation.NEVER,
                operation.source()));
      }
    }
    return known;
  }

  private void cut() {
    for (int size = Math.max(1, kept.size() / 2); size > 0; size /= 2) {
      for (int from = 0; from < kept.size() && budget > 0; ) {
        List<RegisterOperation> rest = without(from, Math.min(kept.size(), from + size));
        if (rest.size() < kept.size() && isBroken(rest)) {
          kept = rest;
        } else {
          from += size;
        }
      }
    }
  }

  /** All but those of {@code [from, to)} that may go. */
  private List<RegisterOperation> without(int from, int to) {
    boolean[] needed = new boolean[history.valueCount()];
    boolean[] goes = new boolean[kept.size()];
    for (int i = 0; i < kept.size(); i++) {
      RegisterOperation operation = kept.get(i);
      goes[i] = i >= from && i < to && !operation.produces();
      if (!goes[i] && operation.needs() >= 0) {
        needed[operation.needs()] = true;
      }
    }
    List<RegisterOperation> rest = new ArrayList<>();
    for (int i = 0; i < kept.size(); i++) {
      RegisterOperation operation = kept.get(i);
      boolean unneeded = i >= from && i < to && operation.produces() && !needed[operation.value()];
      if (!goes[i] && !unneeded) {
        rest.add(operation);
      }
    }
    return rest;
  }

  private boolean isBroken(List<RegisterOperation> rest) {
    budget -= rest.size() + 1;
    return RegisterSearch.search(history.with(rest)) instanceof RegisterSearch.Finding.Broken;
  }
}
