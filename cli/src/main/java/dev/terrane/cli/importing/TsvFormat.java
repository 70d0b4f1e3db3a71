package dev.terrane.cli.importing;

import dev.terrane.cli.text.EscapeException;
import dev.terrane.cli.text.Escapes;
import dev.terrane.cli.text.Verbatim;
import dev.terrane.common.Bytes;
import java.time.Duration;

/**
 * Key, tab, value. The value is everything after the first tab, further tabs included. Both are
 * taken byte for byte, unless {@code escaped}: then they are written as {@link Escapes} has it,
 * which is how {@code terrane scan} prints them.
 */
record TsvFormat(boolean escaped) implements LineFormat {
  @Override
  public ImportLine parse(long number, Bytes line) {
    if (line.isEmpty()) {
      return new ImportLine.Blank(number);
    }
    int tab = indexOfTab(line);
    if (tab < 0) {
      return new ImportLine.Bad(number, "no tab between key and value");
    }
    Bytes key = line.slice(0, tab);
    Bytes value = line.from(tab + 1);
    if (!escaped) {
      return new ImportLine.Entry(number, key, value, Duration.ZERO);
    }
    try {
      return new ImportLine.Entry(
          number,
          Escapes.parse(Verbatim.text(key)),
          Escapes.parse(Verbatim.text(value)),
          Duration.ZERO);
    } catch (EscapeException e) {
      return new ImportLine.Bad(number, String.valueOf(e.getMessage()));
    }
  }

  private static int indexOfTab(Bytes line) {
    for (int i = 0; i < line.length(); i++) {
      if (line.at(i) == '\t') {
        return i;
      }
    }
    return -1;
  }
}
