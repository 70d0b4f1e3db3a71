package dev.terrane.sim.check;

import dev.terrane.common.Bytes;

/**
 * Decides whether raw keys behaved as one copy that changes at single moments: whether there is,
 * for each key, an order of its operations that respects real time and in which each answer is the
 * one that a single register would give (M. Herlihy and J. Wing, "Linearizability", 1990).
 *
 * <p>Linearizability is local: a history is linearizable if and only if each key's is. So keys are
 * checked apart (A. Horn and D. Kroening, "Faster linearizability checking via P-compositionality",
 * 2015), each by a {@link RegisterSearch}. What is asked of calls of several keys is in {@link
 * Decomposition}.
 *
 * <p>Pure, and the same answer each time.
 */
public final class LinearizabilityChecker {
  private LinearizabilityChecker() {}

  /** What became of a history. */
  public sealed interface Verdict {
    /** Nothing is wrong with it. */
    record Linearizable(int operations, int keys) implements Verdict {}

    /**
     * No order of the operations of {@code key} explains their answers.
     *
     * @param account for people: what cannot be placed, and the shortest part that shows it
     */
    record Violation(Bytes key, String account) implements Verdict {}

    /** Too many orders are possible for {@code key}; nobody looked at all of them. */
    record Undecided(Bytes key, String account) implements Verdict {}
  }

  /** The first key, in the order of keys, that is not linearizable decides. */
  public static Verdict check(History<RawCall, RawResult> history) {
    for (Operation<RawCall, RawResult> operation : history.operations()) {
      String objection = Plausibility.objection(operation);
      if (objection != null) {
        return new Verdict.Violation(
            Descriptions.firstKey(operation.call()), Descriptions.of(operation) + " " + objection);
      }
    }
    int keys = 0;
    for (KeyHistory key : Decomposition.of(history)) {
      switch (RegisterSearch.search(key)) {
        case RegisterSearch.Finding.Linearizable ok -> keys++;
        case RegisterSearch.Finding.Broken broken -> {
          return new Verdict.Violation(key.key(), Account.of(history, key, broken));
        }
        case RegisterSearch.Finding.GivenUp gaveUp -> {
          return new Verdict.Undecided(
              key.key(),
              "more than "
                  + RegisterSearch.CONFIGURATIONS_MAX
                  + " ways to explain what happened up to "
                  + Descriptions.of(gaveUp.at().source()));
        }
      }
    }
    return new Verdict.Linearizable(history.size(), keys);
  }
}
