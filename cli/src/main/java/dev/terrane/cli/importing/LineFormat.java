package dev.terrane.cli.importing;

import dev.terrane.common.Bytes;

/** How a line is read. Implementations keep no state between lines. */
interface LineFormat {
  /** Reads the line {@code number}, given without its line break. */
  ImportLine parse(long number, Bytes line);
}
