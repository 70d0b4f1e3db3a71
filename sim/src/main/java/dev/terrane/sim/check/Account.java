package dev.terrane.sim.check;

import com.google.errorprone.annotations.FormatMethod;
import dev.terrane.sim.check.Configuration.Placed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Tells people why a key's history is not linearizable. */
final class Account {
  private static final int PREFIX_SHOWN = 8;
  private static final int STATES_SHOWN = 5;
  private static final int CORE_SHOWN = 40;

  private final History<RawCall, RawResult> whole;
  private final KeyHistory history;
  private final RegisterSearch.Finding.Broken broken;
  private final StringBuilder text = new StringBuilder();

  private Account(
      History<RawCall, RawResult> whole, KeyHistory history, RegisterSearch.Finding.Broken broken) {
    this.whole = whole;
    this.history = history;
    this.broken = broken;
  }

  static String of(
      History<RawCall, RawResult> whole, KeyHistory history, RegisterSearch.Finding.Broken broken) {
    var account = new Account(whole, history, broken);
    account.headline();
    account.origin();
    account.prefix();
    account.core();
    return account.text.toString();
  }

  private void headline() {
    line(
        "key %s is not linearizable: nothing explains %s",
        history.key(), Descriptions.of(broken.unplaceable().source()));
    List<String> states =
        broken.before().stream()
            .map(way -> Descriptions.value(history.valueOf(way.state)))
            .distinct()
            .toList();
    line(
        "before it the key held %s%s",
        String.join(" or ", states.subList(0, Math.min(STATES_SHOWN, states.size()))),
        states.size() > STATES_SHOWN
            ? " or one of " + (states.size() - STATES_SHOWN) + " more"
            : "");
  }

  /** Who can have written what was met. */
  private void origin() {
    int needs = broken.unplaceable().needs();
    if (needs < 0) {
      return;
    }
    String value = Descriptions.value(history.valueOf(needs));
    List<RegisterOperation> writers =
        history.operations().stream()
            .filter(operation -> operation.produces() && operation.value() == needs)
            .toList();
    for (RegisterOperation writer : writers.subList(0, Math.min(STATES_SHOWN, writers.size()))) {
      line("%s was written by %s", value, Descriptions.of(writer.source()));
    }
    if (!writers.isEmpty() || needs == RegisterOperation.ABSENT) {
      return;
    }
    line("%s was written by nobody", value);
    whole.operations().stream()
        .filter(operation -> operation.outcome() instanceof Outcome.Failed && writes(operation))
        .forEach(failed -> line("but see %s", Descriptions.of(failed)));
  }

  private boolean writes(Operation<RawCall, RawResult> operation) {
    var value = history.valueOf(broken.unplaceable().needs());
    return switch (operation.call()) {
      case RawCall.Put put -> put.key().equals(history.key()) && Objects.equals(put.value(), value);
      case RawCall.CompareAndSwap swap ->
          swap.key().equals(history.key()) && Objects.equals(swap.value(), value);
      case RawCall.BatchPut put ->
          put.pairs().stream()
              .anyMatch(
                  pair -> pair.key().equals(history.key()) && Objects.equals(pair.value(), value));
      default -> false;
    };
  }

  /** The end of the longest order that explains all that came before. */
  private void prefix() {
    List<RegisterOperation> order =
        broken.before().stream()
            .map(way -> order(way.placed))
            .max(Comparator.comparingInt(List::size))
            .orElse(List.of());
    line("the longest order that can be explained has %d operations; its end:", order.size());
    for (RegisterOperation operation :
        order.subList(Math.max(0, order.size() - PREFIX_SHOWN), order.size())) {
      line("  %s", Descriptions.of(operation.source()));
    }
  }

  private static List<RegisterOperation> order(@Nullable Placed last) {
    List<RegisterOperation> order = new ArrayList<>();
    for (Placed at = last; at != null; at = at.before()) {
      order.add(at.operation());
    }
    Collections.reverse(order);
    return order;
  }

  private void core() {
    List<RegisterOperation> core = Core.of(history, broken.unplaceable());
    line("the shortest part found that cannot be explained, %d operations:", core.size());
    int from = Math.max(0, core.size() - CORE_SHOWN);
    if (from > 0) {
      line("  (the first %d are left out here)", from);
    }
    text.append(Timeline.draw(history, core.subList(from, core.size())));
  }

  @FormatMethod
  private void line(String format, Object... arguments) {
    text.append(String.format(format, arguments)).append('\n');
  }
}
