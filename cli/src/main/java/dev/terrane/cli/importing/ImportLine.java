package dev.terrane.cli.importing;

import dev.terrane.common.Bytes;
import java.time.Duration;

/** What one line of the input says. Line numbers begin at 1. */
sealed interface ImportLine {
  long number();

  /** A key and its value. {@code ttl} zero means that the entry does not expire. */
  record Entry(long number, Bytes key, Bytes value, Duration ttl) implements ImportLine {
    /** What the entry takes of the bytes that may be under way. */
    int size() {
      return key.length() + value.length();
    }
  }

  /** An empty line, which stands for nothing. */
  record Blank(long number) implements ImportLine {}

  /**
   * A line that cannot be imported; the others are not affected.
   *
   * @param line what it is; empty where it is too long to be kept
   * @param rejectedBefore it comes from a file of rejected lines, and has the line that it once was
   *     inside
   */
  record Bad(long number, String reason, Bytes line, boolean rejectedBefore) implements ImportLine {
    Bad(long number, String reason) {
      this(number, reason, Bytes.EMPTY, false);
    }

    /** This, with the line that it is. */
    Bad of(Bytes whole) {
      return new Bad(number, reason, whole, rejectedBefore);
    }
  }
}
