package dev.terrane.sim.check;

import dev.terrane.common.Bytes;
import dev.terrane.sim.check.ListTransaction.Step;
import java.util.ArrayList;
import java.util.List;

/**
 * Transactions over lists, written by hand in the order of their invocation: {@code ok(0, 5, "r x 1
 * 2", "a x 3")} read 1 and 2 in x and appended 3 to it, between moments 0 and 5.
 */
final class ListStory {
  private final List<Operation<ListTransaction, ListTransaction.Answer>> operations =
      new ArrayList<>();

  ListStory ok(int from, int to, String... steps) {
    return ok(from, to, 0, 0, steps);
  }

  ListStory ok(int from, int to, long startTs, long commitTs, String... steps) {
    List<List<Long>> reads = new ArrayList<>();
    for (String step : steps) {
      if (step.startsWith("r ")) {
        reads.add(words(step).stream().skip(2).map(Long::parseLong).toList());
      }
    }
    return add(
        from, to, new Outcome.Ok<>(new ListTransaction.Answer(reads, startTs, commitTs)), steps);
  }

  ListStory failed(int from, int to, String... steps) {
    return add(from, to, new Outcome.Failed<>("aborted"), steps);
  }

  ListStory unknown(int from, int to, String... steps) {
    return add(from, to, new Outcome.Unknown<>("deadline"), steps);
  }

  History<ListTransaction, ListTransaction.Answer> history() {
    return new History<>(operations);
  }

  private static List<String> words(String step) {
    return List.of(step.split(" ", -1));
  }

  private ListStory add(
      int from, int to, Outcome<ListTransaction.Answer> outcome, String... steps) {
    List<Step> parsed = new ArrayList<>();
    for (String step : steps) {
      List<String> words = words(step);
      Bytes key = Bytes.ofUtf8(words.get(1));
      parsed.add(
          words.get(0).equals("r")
              ? new Step.Read(key)
              : new Step.Append(key, Long.parseLong(words.get(2))));
    }
    int number = operations.size();
    operations.add(
        new Operation<>(number, number, from, to, from, to, new ListTransaction(parsed), outcome));
    return this;
  }
}
