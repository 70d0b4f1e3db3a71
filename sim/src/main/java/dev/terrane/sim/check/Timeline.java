package dev.terrane.sim.check;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Draws operations as bars from invocation to return, one a line, in the order of invocation. */
final class Timeline {
  private static final int COLUMNS_MAX = 64;
  private static final double NANOS_PER_SECOND = 1e9;

  private Timeline() {}

  static String draw(KeyHistory history, List<RegisterOperation> operations) {
    int[] events =
        operations.stream()
            .flatMapToInt(operation ->
                operation.isCertain()
                    ? IntStream.of(operation.invokedAt(), operation.returnedAt())
                    : IntStream.of(operation.invokedAt()))
            .sorted()
            .toArray();
    int wordsWidth =
        operations.stream()
            .mapToInt(operation -> Descriptions.effect(history, operation).length())
            .max()
            .orElse(0);
    StringBuilder text = new StringBuilder();
    for (RegisterOperation operation : operations) {
      Operation<RawCall, RawResult> source = operation.source();
      text.append(
          String.format(
              Locale.ROOT,
              "  %12.6fs #%-6d p%-4d %-" + Math.max(1, wordsWidth) + "s %s%n",
              source.invokedNanos() / NANOS_PER_SECOND,
              source.number(),
              source.process(),
              Descriptions.effect(history, operation),
              bar(events, operation)));
    }
    return text.toString();
  }

  private static String bar(int[] events, RegisterOperation operation) {
    int start = column(events, operation.invokedAt());
    if (!operation.isCertain()) {
      return " ".repeat(start) + "|--- unknown";
    }
    int end = Math.max(start + 1, column(events, operation.returnedAt()));
    return " ".repeat(start) + "|" + "-".repeat(end - start - 1) + "|";
  }

  private static int column(int[] events, int event) {
    int rank = 0;
    while (events[rank] < event) {
      rank++;
    }
    int columns = Math.min(COLUMNS_MAX, 3 * events.length);
    return rank * columns / events.length;
  }
}
