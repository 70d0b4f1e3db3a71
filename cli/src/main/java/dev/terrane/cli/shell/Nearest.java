package dev.terrane.cli.shell;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds the word that was probably meant. */
final class Nearest {
  private static final int EDITS_MAX = 2;

  private Nearest() {}

  /** The one of {@code known} that is a few keystrokes from {@code word}, if there is one. */
  static Optional<String> of(String word, List<String> known) {
    return known.stream()
        .filter(candidate -> edits(word, candidate) <= Math.min(EDITS_MAX, word.length() - 1))
        .min(Comparator.comparingInt(candidate -> edits(word, candidate)));
  }

  /** Characters to insert, delete, replace, or swap with their neighbour. */
  private static int edits(String from, String to) {
    int[][] edits = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int j = 0; j <= to.length(); j++) {
        edits[i][j] = i == 0 || j == 0 ? i + j : fewest(edits, from, to, i, j);
      }
    }
    return edits[from.length()][to.length()];
  }

  private static int fewest(int[][] edits, String from, String to, int i, int j) {
    int replaced = edits[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
    int fewest = Math.min(replaced, Math.min(edits[i - 1][j], edits[i][j - 1]) + 1);
    boolean swapped =
        i > 1
            && j > 1
            && from.charAt(i - 1) == to.charAt(j - 2)
            && from.charAt(i - 2) == to.charAt(j - 1);
    return swapped ? Math.min(fewest, edits[i - 2][j - 2] + 1) : fewest;
  }
}
