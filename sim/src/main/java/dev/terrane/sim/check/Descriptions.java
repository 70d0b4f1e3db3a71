package dev.terrane.sim.check;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Operations in words. */
final class Descriptions {
  private Descriptions() {}

  /** {@code #12 p3 put k7 "a" ok}. */
  static String of(Operation<RawCall, RawResult> operation) {
    return "#%d p%d %s %s"
        .formatted(
            operation.number(),
            operation.process(),
            call(operation.call()),
            outcome(operation.outcome()));
  }

  /** What {@code operation} did to its one key: {@code put "a"}, {@code get -> absent}. */
  static String effect(KeyHistory history, RegisterOperation operation) {
    String words =
        switch (operation.kind()) {
          case READ -> "read " + value(history.valueOf(operation.value()));
          case WRITE ->
              operation.value() == RegisterOperation.ABSENT
                  ? "delete"
                  : "write " + value(history.valueOf(operation.value()));
          case SWAP ->
              "swap "
                  + value(history.valueOf(operation.expected()))
                  + " for "
                  + value(history.valueOf(operation.value()));
        };
    String how =
        switch (operation.source().call()) {
          case RawCall.BatchGet get -> " (batch get)";
          case RawCall.BatchPut put -> " (batch put)";
          case RawCall.BatchDelete delete -> " (batch delete)";
          case RawCall.Scan scan -> " (scan)";
          case RawCall.DeleteRange delete -> " (delete range)";
          case RawCall.CompareAndSwap swap when operation.kind() == RegisterOperation.Kind.READ ->
              " (refused swap)";
          default -> "";
        };
    return words + how;
  }

  static String value(@Nullable Bytes value) {
    return value == null ? "absent" : "\"" + value + "\"";
  }

  /** A key that {@code call} is about; of a range its start. */
  static Bytes firstKey(RawCall call) {
    return switch (call) {
      case RawCall.Get get -> get.key();
      case RawCall.Put put -> put.key();
      case RawCall.Delete delete -> delete.key();
      case RawCall.CompareAndSwap swap -> swap.key();
      case RawCall.BatchGet get -> first(get.keys());
      case RawCall.BatchPut put -> first(put.pairs().stream().map(Pair::key).toList());
      case RawCall.BatchDelete delete -> first(delete.keys());
      case RawCall.Scan scan -> scan.range().start();
      case RawCall.DeleteRange delete -> delete.range().start();
    };
  }

  private static Bytes first(List<Bytes> keys) {
    return keys.isEmpty() ? Bytes.EMPTY : keys.getFirst();
  }

  private static String call(RawCall call) {
    return switch (call) {
      case RawCall.Get get -> "get " + get.key();
      case RawCall.Put put -> "put " + put.key() + " " + value(put.value());
      case RawCall.Delete delete -> "delete " + delete.key();
      case RawCall.CompareAndSwap swap ->
          "compare-and-swap %s %s for %s"
              .formatted(swap.key(), value(swap.expected()), value(swap.value()));
      case RawCall.BatchGet get -> "batch get " + get.keys();
      case RawCall.BatchPut put -> "batch put " + pairs(put.pairs());
      case RawCall.BatchDelete delete -> "batch delete " + delete.keys();
      case RawCall.Scan scan -> scan(scan.range(), scan);
      case RawCall.DeleteRange delete -> "delete range " + delete.range();
    };
  }

  private static String scan(KeyRange range, RawCall.Scan scan) {
    return "scan " + range + " limit " + scan.limit() + (scan.reverse() ? " reverse" : "");
  }

  private static String outcome(Outcome<RawResult> outcome) {
    return switch (outcome) {
      case Outcome.Failed<RawResult> failed -> "failed (" + failed.reason() + ")";
      case Outcome.Unknown<RawResult> unknown -> "unknown (" + unknown.reason() + ")";
      case Outcome.Ok<RawResult> ok -> result(ok.result());
    };
  }

  private static String result(RawResult result) {
    return switch (result) {
      case RawResult.Done done -> "ok";
      case RawResult.Found found -> "-> " + value(found.value());
      case RawResult.Swap swap ->
          "-> " + (swap.swapped() ? "swapped " : "not swapped, holds ") + value(swap.previous());
      case RawResult.Pairs pairs -> "-> " + pairs(pairs.pairs());
    };
  }

  private static String pairs(List<Pair> pairs) {
    return pairs.stream().map(pair -> pair.key() + " " + value(pair.value())).toList().toString();
  }
}
