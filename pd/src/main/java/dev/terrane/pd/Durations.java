package dev.terrane.pd;

import java.time.Duration;

/** How long something takes, for people. */
final class Durations {
  private Durations() {}

  /** As in {@code 1h2m3s}; of less than a second, {@code 0s}. */
  static String text(long millis) {
    Duration duration = Duration.ofMillis(Math.max(0, millis));
    StringBuilder text = new StringBuilder();
    if (duration.toHours() > 0) {
      text.append(duration.toHours()).append('h');
    }
    if (duration.toMinutesPart() > 0) {
      text.append(duration.toMinutesPart()).append('m');
    }
    if (duration.toSecondsPart() > 0 || text.isEmpty()) {
      text.append(duration.toSecondsPart()).append('s');
    }
    return text.toString();
  }
}
