package dev.terrane.sim.check;

import dev.terrane.common.Bytes;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Whether an answer can be one to its own call, whatever else has happened. */
final class Plausibility {
  private Plausibility() {}

  /** What is wrong with the answer, in words; null if nothing is. */
  static @Nullable String objection(Operation<RawCall, RawResult> operation) {
    if (!(operation.outcome() instanceof Outcome.Ok<RawResult> ok)) {
      return null;
    }
    return switch (operation.call()) {
      case RawCall.Get get when ok.result() instanceof RawResult.Found -> null;
      case RawCall.CompareAndSwap swap when ok.result() instanceof RawResult.Swap answer ->
          swap(swap, answer);
      case RawCall.BatchGet get when ok.result() instanceof RawResult.Pairs answer ->
          batchGet(get, answer.pairs());
      case RawCall.Scan scan when ok.result() instanceof RawResult.Pairs answer ->
          scan(scan, answer.pairs());
      case RawCall.Put put when ok.result() instanceof RawResult.Done -> null;
      case RawCall.Delete delete when ok.result() instanceof RawResult.Done -> null;
      case RawCall.BatchPut put when ok.result() instanceof RawResult.Done -> null;
      case RawCall.BatchDelete delete when ok.result() instanceof RawResult.Done -> null;
      case RawCall.DeleteRange delete when ok.result() instanceof RawResult.Done -> null;
      default -> "an answer of another kind of call";
    };
  }

  private static @Nullable String swap(RawCall.CompareAndSwap swap, RawResult.Swap answer) {
    boolean met = Objects.equals(swap.expected(), answer.previous());
    if (answer.swapped() && !met) {
      return "swapped, although it found something else than it expected";
    }
    return !answer.swapped() && met ? "not swapped, although it found what it expected" : null;
  }

  private static @Nullable String batchGet(RawCall.BatchGet get, List<Pair> pairs) {
    for (Pair pair : pairs) {
      if (!get.keys().contains(pair.key())) {
        return "answers key " + pair.key() + ", which was not asked for";
      }
    }
    return null;
  }

  private static @Nullable String scan(RawCall.Scan scan, List<Pair> pairs) {
    if (pairs.size() > scan.limit()) {
      return "answers " + pairs.size() + " pairs, its limit is " + scan.limit();
    }
    Bytes last = null;
    for (Pair pair : pairs) {
      if (!scan.range().contains(pair.key())) {
        return "answers key " + pair.key() + ", which lies outside of its range";
      }
      if (last != null) {
        int order = last.compareTo(pair.key());
        if (scan.reverse() ? order <= 0 : order >= 0) {
          return "answers key " + pair.key() + " after key " + last;
        }
      }
      last = pair.key();
    }
    return null;
  }
}
