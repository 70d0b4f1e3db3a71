package dev.terrane.cli.importing;

import dev.terrane.cli.text.Columns;
import java.time.Duration;
import java.util.Locale;

/**
 * Words and bars for how far an import has come. A value: the caller says when to show it.
 *
 * @param inputBytes size of the whole input, 0 if unknown
 * @param skippedBytes how much of it was passed over beforehand
 */
record ProgressText(long inputBytes, long skippedBytes) {
  private static final int CELLS_MAX = 24;
  private static final int CELLS_MIN = 8;
  private static final String BLOCKS = " ▏▎▍▌▋▊▉";

  /**
   * One line for a terminal, such as {@code [████▌ ] 19 % 12,345 lines 8,210/s ETA 0:42}. Where
   * {@code columns} are few the bar is shorter, or left out; what comes last may be cut off.
   */
  String bar(ImportCounts counts, Duration elapsed, int columns) {
    String problems = problems(counts);
    if (inputBytes <= 0) {
      String line = lines(counts) + "  " + rate(counts, elapsed) + "  " + clock(elapsed) + problems;
      return Columns.cut(line, columns);
    }
    double share = Math.min(1.0, (double) counts.bytesRead() / inputBytes);
    String words =
        String.format(
            Locale.ROOT,
            "%3d %%  %s  %s  ETA %s%s",
            (int) (share * 100),
            lines(counts),
            rate(counts, elapsed),
            eta(counts, elapsed),
            problems);
    int room = columns - words.length() - "[] ".length();
    return room < CELLS_MIN
        ? Columns.cut(words.stripLeading(), columns)
        : "[" + cells(share, Math.min(room, CELLS_MAX)) + "] " + words;
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

  /**
   * How to go on after an import was stopped.
   *
   * @param how it was
   * @param lastLine it and all before it are settled
   */
  static String resumption(String how, String file, long lastLine) {
    return String.format(
        Locale.ROOT,
        "%s after line %d of %s; it and all lines before it are settled."
            + "%nTo go on, give the same command with --from-line %d.",
        how,
        lastLine,
        file,
        lastLine + 1);
  }

  /** The last line: everything that was counted. */
  static String summary(ImportCounts counts, Duration elapsed) {
    return String.format(
        Locale.ROOT,
        "%,d acknowledged, %,d failed, %,d undetermined, %,d bad %s; %s, %s",
        counts.acknowledged(),
        counts.failed(),
        counts.undetermined(),
        counts.bad(),
        counts.bad() == 1 ? "line" : "lines",
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

  private String eta(ImportCounts counts, Duration elapsed) {
    long done = counts.bytesRead() - skippedBytes;
    if (done <= 0) {
      return "-:--";
    }
    double left = Math.max(0, inputBytes - counts.bytesRead());
    return clock(Duration.ofNanos((long) (elapsed.toNanos() * (left / done))));
  }

  private static String cells(double share, int count) {
    int eighths = (int) (share * count * 8);
    StringBuilder cells = new StringBuilder("█".repeat(eighths / 8));
    if (cells.length() < count) {
      cells.append(BLOCKS.charAt(eighths % 8));
    }
    return cells.append(" ".repeat(count - cells.length())).toString();
  }

  private static String clock(Duration duration) {
    long seconds = duration.toSeconds();
    return seconds < 3600
        ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
        : String.format(
            Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }
}
