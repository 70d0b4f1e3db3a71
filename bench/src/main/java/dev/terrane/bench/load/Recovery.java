package dev.terrane.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * How the rate of completions came back after a fault, from counts per interval.
 *
 * <p>Recovered is the start of the first {@link #WINDOW} intervals after the fault whose rate is at
 * least {@link #SHARE} of the rate before it.
 */
final class Recovery {
  static final int WINDOW = 5;
  static final double SHARE = 0.9;
  static final int SHOWN = 60;

  private final long intervalMillis;
  private final List<Long> completions = new ArrayList<>();
  private int faultInterval = -1;

  Recovery(long intervalMillis) {
    this.intervalMillis = intervalMillis;
  }

  /** Adds the completions of the next interval. */
  void add(long count) {
    completions.add(count);
  }

  /** The fault happens now. */
  void fault() {
    faultInterval = completions.size();
  }

  /** Completions per second before the fault. */
  double rateBefore() {
    return rate(completions.subList(0, faultInterval));
  }

  /** Milliseconds from the fault until the rate was back; empty if it did not come back. */
  OptionalLong recoveryMillis() {
    double wanted = SHARE * rateBefore();
    for (int start = faultInterval; start + WINDOW <= completions.size(); start++) {
      if (rate(completions.subList(start, start + WINDOW)) >= wanted) {
        return OptionalLong.of((start - faultInterval) * intervalMillis);
      }
    }
    return OptionalLong.empty();
  }

  /** The completions of each interval after the fault, the first {@link #SHOWN} of them. */
  List<Long> afterFault() {
    int end = Math.min(completions.size(), faultInterval + SHOWN);
    return List.copyOf(completions.subList(faultInterval, end));
  }

  /** The longest run of intervals without any completion, in milliseconds. */
  long longestSilenceMillis() {
    long longest = 0;
    long run = 0;
    for (long count : completions) {
      run = count == 0 ? run + 1 : 0;
      longest = Math.max(longest, run);
    }
    return longest * intervalMillis;
  }

  private double rate(List<Long> intervals) {
    long sum = intervals.stream().mapToLong(Long::longValue).sum();
    return intervals.isEmpty() ? 0 : sum * 1_000.0 / (intervals.size() * intervalMillis);
  }
}
