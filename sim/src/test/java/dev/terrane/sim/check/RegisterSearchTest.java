package dev.terrane.sim.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.sim.check.RegisterOperation.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/** The search against the definition, tried out in full, on many small histories. */
class RegisterSearchTest {
  private static final List<Kind> KINDS = List.of(Kind.READ, Kind.WRITE, Kind.SWAP);
  private static final Bytes KEY = Bytes.ofUtf8("k");

  @Test
  void agreesWithTheDefinitionOnHistoriesOfChance() {
    int good = 0;
    int bad = 0;
    for (int seed = 0; seed < 30_000; seed++) {
      KeyHistory history = anyHistory(random(seed));
      boolean expected = ReferenceChecker.isLinearizable(history);
      assertThat(isLinearizable(history)).as(() -> draw(history)).isEqualTo(expected);
      if (expected) {
        good++;
      } else {
        bad++;
      }
    }
    assertThat(good).isGreaterThan(5_000);
    assertThat(bad).isGreaterThan(5_000);
  }

  @Test
  void agreesWithTheDefinitionOnHistoriesOfARegisterThatWereTamperedWith() {
    int good = 0;
    int bad = 0;
    for (int seed = 0; seed < 20_000; seed++) {
      RandomGenerator random = random(seed);
      var generated =
          new RegisterHistories(2 + random.nextInt(4), 12, 1, random.nextInt(5), 0.25, 0.1)
              .generate(random);
      KeyHistory history = Decomposition.of(generated).iterator().next();
      assertThat(isLinearizable(history)).as(() -> draw(history)).isTrue();
      KeyHistory tampered = tamper(history, random);
      boolean expected = ReferenceChecker.isLinearizable(tampered);
      assertThat(isLinearizable(tampered)).as(() -> draw(tampered)).isEqualTo(expected);
      if (expected) {
        good++;
      } else {
        bad++;
      }
    }
    assertThat(good).isGreaterThan(2_000);
    assertThat(bad).isGreaterThan(3_000);
  }

  @Test
  void whatIsLeftOfABadHistoryIsBadAndCannotBeCutFurther() {
    int bad = 0;
    for (int seed = 0; seed < 3_000; seed++) {
      KeyHistory history = anyHistory(random(seed));
      if (RegisterSearch.search(history) instanceof RegisterSearch.Finding.Broken broken) {
        bad++;
        KeyHistory core = history.with(Core.of(history, broken.unplaceable()));
        assertThat(ReferenceChecker.isLinearizable(core)).as(() -> draw(core)).isFalse();
        for (int i = 0; i < core.operations().size(); i++) {
          if (core.operations().get(i).kind() == Kind.READ) {
            List<RegisterOperation> fewer = new ArrayList<>(core.operations());
            fewer.remove(i);
            assertThat(ReferenceChecker.isLinearizable(core.with(fewer))).isTrue();
          }
        }
      }
    }
    assertThat(bad).isGreaterThan(500);
  }

  private static boolean isLinearizable(KeyHistory history) {
    return switch (RegisterSearch.search(history)) {
      case RegisterSearch.Finding.Linearizable ok -> true;
      case RegisterSearch.Finding.Broken broken -> false;
      case RegisterSearch.Finding.GivenUp gaveUp -> throw new AssertionError("gave up");
    };
  }

  private static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  /** Up to nine operations with few values, returns where chance has them, some unknown. */
  private static KeyHistory anyHistory(RandomGenerator random) {
    int count = 2 + random.nextInt(8);
    int values = 2 + random.nextInt(4);
    int spread = 2 + random.nextInt(count);
    int[] invokedAt = new int[count];
    int[] returnedAt = new int[count];
    var open = new ArrayDeque<Integer>();
    int event = 0;
    int invoked = 0;
    while (invoked < count || !open.isEmpty()) {
      if (invoked < count && (open.isEmpty() || random.nextInt(open.size() + spread) < spread)) {
        addAtEitherEnd(open, invoked, random);
        invokedAt[invoked++] = event++;
      } else {
        returnedAt[random.nextBoolean() ? open.removeFirst() : open.removeLast()] = event++;
      }
    }
    double unknown = random.nextInt(3) * 0.25;
    var history = new KeyHistory(KEY);
    for (int value = 1; value < values; value++) {
      history.numberOf(Bytes.of(value));
    }
    for (int i = 0; i < count; i++) {
      Kind kind = KINDS.get(random.nextInt(KINDS.size()));
      boolean certain = kind == Kind.READ || random.nextDouble() >= unknown;
      history.add(
          operation(
              kind,
              random.nextInt(values),
              random.nextInt(values),
              invokedAt[i],
              certain ? returnedAt[i] : Operation.NEVER,
              i));
    }
    return history;
  }

  private static void addAtEitherEnd(Deque<Integer> to, int element, RandomGenerator random) {
    if (random.nextBoolean()) {
      to.addFirst(element);
    } else {
      to.addLast(element);
    }
  }

  private static RegisterOperation operation(
      Kind kind, int expected, int value, int invokedAt, int returnedAt, int number) {
    return new RegisterOperation(
        kind,
        expected,
        value,
        invokedAt,
        returnedAt,
        new Operation<>(
            number,
            number,
            invokedAt,
            Operation.NEVER,
            invokedAt,
            Operation.NEVER,
            new RawCall.Get(KEY),
            new Outcome.Unknown<>("for the reader only")));
  }

  /** Changes what one operation saw or left, or when it returned, or takes it away. */
  private static KeyHistory tamper(KeyHistory history, RandomGenerator random) {
    List<RegisterOperation> operations = new ArrayList<>();
    for (RegisterOperation each : history.operations()) {
      // Every other position is left free: no two events share one.
      int returnedAt = each.isCertain() ? 2 * each.returnedAt() : Operation.NEVER;
      operations.add(with(each, each.expected(), each.value(), 2 * each.invokedAt(), returnedAt));
    }
    if (operations.isEmpty()) {
      return history;
    }
    int victim = random.nextInt(operations.size());
    RegisterOperation was = operations.get(victim);
    int other = random.nextInt(history.valueCount());
    switch (random.nextInt(4)) {
      case 0 -> operations.remove(victim);
      case 1 -> {
        if (was.isCertain()) {
          operations.set(
              victim, with(was, was.expected(), was.value(), was.invokedAt(), was.invokedAt() + 1));
        }
      }
      default ->
          operations.set(
              victim,
              random.nextBoolean() && was.kind() == Kind.SWAP
                  ? with(was, other, was.value(), was.invokedAt(), was.returnedAt())
                  : with(was, was.expected(), other, was.invokedAt(), was.returnedAt()));
    }
    return history.with(operations);
  }

  private static RegisterOperation with(
      RegisterOperation was, int expected, int value, int invokedAt, int returnedAt) {
    return new RegisterOperation(was.kind(), expected, value, invokedAt, returnedAt, was.source());
  }

  private static String draw(KeyHistory history) {
    return "\n" + Timeline.draw(history, history.operations());
  }
}
