package dev.terrane.cli.importing;

import java.time.Duration;
import java.util.Locale;

/**
 * Words and bars for how far an import has come. A value: the caller says when to show it.
 *
 * @param inputBytes size of the whole input, 0 if unknown
 */
record ProgressText(long inputBytes) {
  private static final int BAR_CELLS = 24;
  private static final String BLOCKS = " ▏▎▍▌▋▊▉";

  /** One line for a terminal, such as {@code [████▌ ] 19 % 12,345 lines 8,210/s ETA 0:42}. */
  String bar(ImportCounts counts, Duration elapsed) {
    if (inputBytes <= 0) {
      return lines(counts)
          + "  "
          + rate(counts, elapsed)
          + "  "
          + clock(elapsed)
          + problems(counts);
    }
    double share = Math.min(1.0, (double) counts.bytesRead() / inputBytes);
    return String.format(
        Locale.ROOT,
        "[%s] %3d %%  %s  %s  %s%s",
        cells(share),
        (int) (share * 100),
        lines(counts),
        rate(counts, elapsed),
        "ETA " + eta(share, elapsed),
        problems(counts));
  }

  /** One line for a log. */
  String plain(ImportCounts counts, Duration elapsed) {
    String share =
        inputBytes <= 0
            ? ""
            : String.format(
                Locale.ROOT, " (%d %%)", Math.min(100, counts.bytesRead() * 100 / inputBytes));
    return "imported "
        + lines(counts)
        + share
        + " in "
        + clock(elapsed)
        + ", "
        + rate(counts, elapsed)
        + problems(counts);
  }

  /** The last line: everything that was counted. */
  static String summary(ImportCounts counts, Duration elapsed) {
    return String.format(
        Locale.ROOT,
        "%,d acknowledged, %,d failed, %,d undetermined, %,d bad lines; %s, %s",
        counts.acknowledged(),
        counts.failed(),
        counts.undetermined(),
        counts.bad(),
        clock(elapsed),
        rate(counts, elapsed));
  }

  private static String lines(ImportCounts counts) {
    return String.format(Locale.ROOT, "%,d lines", counts.settled());
  }

  private static String rate(ImportCounts counts, Duration elapsed) {
    double seconds = Math.max(0.001, elapsed.toNanos() / 1e9);
    return String.format(Locale.ROOT, "%,.0f/s", counts.settled() / seconds);
  }

  private static String problems(ImportCounts counts) {
    long problems = counts.failed() + counts.undetermined() + counts.bad();
    return problems == 0 ? "" : String.format(Locale.ROOT, "  %,d not imported", problems);
  }

  private static String eta(double share, Duration elapsed) {
    if (share <= 0) {
      return "-:--";
    }
    return clock(Duration.ofNanos((long) (elapsed.toNanos() * (1 - share) / share)));
  }

  private static String cells(double share) {
    int eighths = (int) (share * BAR_CELLS * 8);
    StringBuilder cells = new StringBuilder("█".repeat(eighths / 8));
    if (cells.length() < BAR_CELLS) {
      cells.append(BLOCKS.charAt(eighths % 8));
    }
    return cells.append(" ".repeat(BAR_CELLS - cells.length())).toString();
  }

  private static String clock(Duration duration) {
    long seconds = duration.toSeconds();
    return seconds < 3600
        ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
        : String.format(
            Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }
}
