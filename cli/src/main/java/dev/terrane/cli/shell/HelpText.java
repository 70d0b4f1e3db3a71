package dev.terrane.cli.shell;

import java.util.ArrayList;
import java.util.List;

/** What 'help' shows; made for a terminal of 80 columns. */
final class HelpText {
  private static final int SYNTAX_COLUMNS = 29;

  private HelpText() {}

  /** Every command with its purpose. */
  static List<String> all() {
    List<String> lines = new ArrayList<>();
    for (Verb verb : Verb.values()) {
      String syntax = verb.syntax();
      if (syntax.length() + 2 > SYNTAX_COLUMNS) {
        lines.add(syntax);
        syntax = "";
      }
      lines.add(syntax + " ".repeat(SYNTAX_COLUMNS - syntax.length()) + verb.purpose());
    }
    lines.add("");
    lines.add("Blanks separate words; \"double quotes\" keep them together. Everywhere but in");
    lines.add(
        "'single quotes', \\\\ \\t \\n \\r \\0 and \\xNN stand for bytes. # starts a comment.");
    return lines;
  }

  /** One command. */
  static List<String> of(Verb verb) {
    return List.of(verb.syntax(), "    " + verb.purpose());
  }
}
