package dev.terrane.cli.importing;

import java.util.function.Consumer;

/** Writes entries to a cluster without waiting. */
interface EntryWriter {
  /** Starts to put {@code entry}; {@code done} is called once, on any thread, perhaps at once. */
  void put(ImportLine.Entry entry, Consumer<PutOutcome> done);
}
