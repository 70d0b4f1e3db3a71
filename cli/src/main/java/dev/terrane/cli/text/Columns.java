package dev.terrane.cli.text;

import org.jline.utils.WCWidth;

/** How wide text stands on a terminal: Chinese, Japanese and Korean characters take two columns. */
public final class Columns {
  private Columns() {}

  /** The columns that {@code text}, without line breaks and tabs, takes. */
  public static int of(String text) {
    return text.codePoints().map(Columns::of).sum();
  }

  /** The longest beginning of {@code text} that takes at most {@code columns}. */
  public static String cut(String text, int columns) {
    int taken = 0;
    int end = 0;
    while (end < text.length()) {
      int codePoint = text.codePointAt(end);
      taken += of(codePoint);
      if (taken > columns) {
        break;
      }
      end += Character.charCount(codePoint);
    }
    return text.substring(0, end);
  }

  private static int of(int codePoint) {
    return Math.max(0, WCWidth.wcwidth(codePoint));
  }
}
