package dev.terrane.sim.check;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.sim.check.RegisterOperation.Kind;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Takes a history of raw calls apart into one history for each key.
 *
 * <p>What is promised is promised key by key, and no more: a call of several keys is for each of
 * them an operation of its own, somewhere between the call's invocation and its completion. The
 * client cuts such calls by Region, so nothing holds across keys:
 *
 * <ul>
 *   <li>a batch get read each of its keys: the value answered, or that the key was absent;
 *   <li>a batch put, a batch delete and a range delete wrote each of their keys; of unknown
 *       outcome, any of the keys may have been written and any not;
 *   <li>a scan read each key between the end it began at and the last key it answered, or the whole
 *       range if it answered fewer than its limit: what it leaves out there was absent.
 * </ul>
 *
 * <p>A range delete or a scan touches only keys that some other call names: a key that nobody names
 * has no history to contradict.
 *
 * <p>What failed did not happen, and a read of unknown outcome says nothing: neither leaves a
 * trace.
 */
final class Decomposition {
  private final NavigableMap<Bytes, KeyHistory> histories = new TreeMap<>();

  private Decomposition() {}

  /** One history for each key that a call names, in the order of keys. */
  static Collection<KeyHistory> of(History<RawCall, RawResult> history) {
    var decomposition = new Decomposition();
    history.operations().forEach(decomposition::name);
    history.operations().forEach(decomposition::split);
    return decomposition.histories.values();
  }

  private void name(Operation<RawCall, RawResult> operation) {
    switch (operation.call()) {
      case RawCall.Get get -> name(get.key());
      case RawCall.Put put -> name(put.key());
      case RawCall.Delete delete -> name(delete.key());
      case RawCall.CompareAndSwap swap -> name(swap.key());
      case RawCall.BatchGet get -> get.keys().forEach(this::name);
      case RawCall.BatchPut put -> put.pairs().forEach(pair -> name(pair.key()));
      case RawCall.BatchDelete delete -> delete.keys().forEach(this::name);
      case RawCall.Scan scan -> answered(operation).keySet().forEach(this::name);
      case RawCall.DeleteRange delete -> {}
    }
  }

  @CanIgnoreReturnValue
  private KeyHistory name(Bytes key) {
    return histories.computeIfAbsent(key, KeyHistory::new);
  }

  private void split(Operation<RawCall, RawResult> operation) {
    if (operation.outcome() instanceof Outcome.Failed) {
      return;
    }
    switch (operation.call()) {
      case RawCall.Get get -> {
        if (result(operation) instanceof RawResult.Found found) {
          read(operation, get.key(), found.value());
        }
      }
      case RawCall.Put put -> write(operation, put.key(), put.value());
      case RawCall.Delete delete -> write(operation, delete.key(), null);
      case RawCall.CompareAndSwap swap -> swap(operation, swap);
      case RawCall.BatchGet get -> {
        if (result(operation) != null) {
          Map<Bytes, Bytes> answered = answered(operation);
          get.keys().stream().distinct().forEach(key -> read(operation, key, answered.get(key)));
        }
      }
      case RawCall.BatchPut put -> {
        Map<Bytes, Bytes> last = new LinkedHashMap<>();
        put.pairs().forEach(pair -> last.put(pair.key(), pair.value()));
        last.forEach((key, value) -> write(operation, key, value));
      }
      case RawCall.BatchDelete delete ->
          delete.keys().stream().distinct().forEach(key -> write(operation, key, null));
      case RawCall.Scan scan -> scan(operation, scan);
      case RawCall.DeleteRange delete ->
          within(delete.range()).forEach(key -> write(operation, key, null));
    }
  }

  private void swap(Operation<RawCall, RawResult> operation, RawCall.CompareAndSwap swap) {
    if (result(operation) instanceof RawResult.Swap answer && !answer.swapped()) {
      read(operation, swap.key(), answer.previous());
      return;
    }
    KeyHistory history = name(swap.key());
    history.add(
        new RegisterOperation(
            Kind.SWAP,
            history.numberOf(swap.expected()),
            history.numberOf(swap.value()),
            operation.invokedAt(),
            returnedAt(operation),
            operation));
  }

  private void scan(Operation<RawCall, RawResult> operation, RawCall.Scan scan) {
    if (!(result(operation) instanceof RawResult.Pairs answer)) {
      return;
    }
    KeyRange seen = scan.range();
    if (answer.pairs().size() >= scan.limit() && !answer.pairs().isEmpty()) {
      Bytes last = answer.pairs().getLast().key();
      seen =
          scan.reverse()
              ? new KeyRange(last, seen.end())
              : new KeyRange(seen.start(), last.successor());
    }
    Map<Bytes, Bytes> answered = answered(operation);
    within(seen).forEach(key -> read(operation, key, answered.get(key)));
  }

  private Collection<Bytes> within(KeyRange range) {
    if (range.isEmpty()) {
      return List.of();
    }
    NavigableMap<Bytes, KeyHistory> from = histories.tailMap(range.start(), true);
    return range.end().isEmpty() ? from.keySet() : from.headMap(range.end(), false).keySet();
  }

  private void read(Operation<RawCall, RawResult> operation, Bytes key, @Nullable Bytes value) {
    add(operation, Kind.READ, key, value);
  }

  private void write(Operation<RawCall, RawResult> operation, Bytes key, @Nullable Bytes value) {
    add(operation, Kind.WRITE, key, value);
  }

  private void add(
      Operation<RawCall, RawResult> operation, Kind kind, Bytes key, @Nullable Bytes value) {
    KeyHistory history = name(key);
    history.add(
        new RegisterOperation(
            kind,
            RegisterOperation.ABSENT,
            history.numberOf(value),
            operation.invokedAt(),
            returnedAt(operation),
            operation));
  }

  private static int returnedAt(Operation<RawCall, RawResult> operation) {
    return operation.outcome() instanceof Outcome.Ok ? operation.completedAt() : Operation.NEVER;
  }

  private static @Nullable RawResult result(Operation<RawCall, RawResult> operation) {
    return operation.outcome() instanceof Outcome.Ok<RawResult> ok ? ok.result() : null;
  }

  private static Map<Bytes, Bytes> answered(Operation<RawCall, RawResult> operation) {
    Map<Bytes, Bytes> values = new LinkedHashMap<>();
    if (result(operation) instanceof RawResult.Pairs answer) {
      answer.pairs().forEach(pair -> values.put(pair.key(), pair.value()));
    }
    return values;
  }
}
