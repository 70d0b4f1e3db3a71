package dev.terrane.cli.shell;

import dev.terrane.cli.text.EscapeException;
import dev.terrane.cli.text.Escapes;
import dev.terrane.cli.text.Verbatim;
import dev.terrane.common.Bytes;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a line into words at blanks. Double quotes keep blanks together; within them and without
 * them, {@link Escapes} are read. Between single quotes everything stands for itself. A word may
 * mix these forms.
 */
final class Words {
  /**
   * One word.
   *
   * @param quoted whether any part was quoted: such a word is never an option
   */
  record Word(Bytes bytes, boolean quoted) {
    String text() {
      return bytes.toUtf8();
    }

    boolean isOption() {
      return !quoted && text().startsWith("--");
    }
  }

  private final String line;
  private int position;

  private Words(String line) {
    this.line = line;
  }

  /**
   * The words of {@code line}; none if it is blank or starts with {@code #}.
   *
   * @throws ShellSyntaxException if a quote is not closed or an escape is not known
   */
  static List<Word> of(String line) {
    Words words = new Words(line);
    List<Word> all = new ArrayList<>();
    while (words.skipBlanks()) {
      if (all.isEmpty() && words.peek() == '#') {
        break;
      }
      all.add(words.next());
    }
    return all;
  }

  private Word next() {
    Bytes bytes = Bytes.EMPTY;
    boolean quoted = false;
    while (position < line.length() && !Character.isWhitespace(peek())) {
      char first = peek();
      if (first == '\'' || first == '"') {
        quoted = true;
        bytes = bytes.concat(quotedPart(first));
      } else {
        bytes = bytes.concat(plainPart());
      }
    }
    return new Word(bytes, quoted);
  }

  private Bytes quotedPart(char quote) {
    int start = position + 1;
    int end = start;
    while (end < line.length() && line.charAt(end) != quote) {
      end += quote == '"' && line.charAt(end) == '\\' ? 2 : 1;
    }
    if (end >= line.length()) {
      throw new ShellSyntaxException("a quote " + quote + " is not closed");
    }
    position = end + 1;
    String inside = line.substring(start, end);
    return quote == '"' ? parse(inside) : verbatim(inside);
  }

  private Bytes plainPart() {
    int start = position;
    while (position < line.length()
        && !Character.isWhitespace(peek())
        && peek() != '"'
        && peek() != '\'') {
      position += peek() == '\\' ? 2 : 1;
    }
    position = Math.min(position, line.length());
    return parse(line.substring(start, position));
  }

  private static Bytes parse(String text) {
    try {
      return Escapes.parse(text);
    } catch (EscapeException e) {
      throw new ShellSyntaxException(String.valueOf(e.getMessage()));
    }
  }

  private static Bytes verbatim(String text) {
    try {
      return Verbatim.bytes(text);
    } catch (EscapeException e) {
      throw new ShellSyntaxException(String.valueOf(e.getMessage()));
    }
  }

  private char peek() {
    return line.charAt(position);
  }

  private boolean skipBlanks() {
    while (position < line.length() && Character.isWhitespace(peek())) {
      position++;
    }
    return position < line.length();
  }
}
