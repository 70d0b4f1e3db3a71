package dev.terrane.cli.importing;

import java.io.IOException;
import java.util.function.Consumer;

/**
 * Reads entries and keeps a bounded number of puts under way until all are answered. A line that is
 * no entry, and an entry that is refused, are reported and counted; the others go on.
 *
 * <p>{@link #run} is called once, by one thread; {@link #counts} and {@link #stop} may be called by
 * any.
 */
final class Importer {
  /** A line that did not become an acknowledged entry, and why. */
  record Problem(long line, String reason) {}

  private final LineReader lines;
  private final EntryWriter writer;
  private final InFlight inFlight;
  private final Consumer<Problem> problems;
  private final Consumer<ImportLine.Entry> acknowledgedEntries;

  // Guarded by this.
  private boolean stopped;
  private long lastLine;
  private long bytesRead;
  private long acknowledged;
  private long failed;
  private long undetermined;
  private long bad;

  /**
   * @param problems told of every line that did not become an acknowledged entry, one at a time
   * @param acknowledgedEntries told of every acknowledged entry, one at a time
   */
  Importer(
      LineReader lines,
      EntryWriter writer,
      InFlight inFlight,
      Consumer<Problem> problems,
      Consumer<ImportLine.Entry> acknowledgedEntries) {
    this.lines = lines;
    this.writer = writer;
    this.inFlight = inFlight;
    this.problems = problems;
    this.acknowledgedEntries = acknowledgedEntries;
  }

  /** Imports all lines, or those before {@link #stop}; returns once every entry is settled. */
  ImportCounts run() throws IOException, InterruptedException {
    for (ImportLine line = lines.next(); line != null; line = lines.next()) {
      if (line instanceof ImportLine.Entry entry && !inFlight.enter(entry)) {
        break;
      }
      if (!pass(line, lines.bytesConsumed())) {
        break;
      }
      if (line instanceof ImportLine.Entry entry) {
        writer.put(entry, outcome -> settle(entry, outcome));
      }
    }
    inFlight.awaitNone();
    return counts();
  }

  /**
   * Takes no further line and waits until what is under way is settled, whether or not {@link #run}
   * is waiting for input.
   *
   * @return the number of the last line taken: it and all before it are settled
   */
  long stop() throws InterruptedException {
    inFlight.stop();
    inFlight.awaitNone();
    synchronized (this) {
      stopped = true;
      return lastLine;
    }
  }

  synchronized ImportCounts counts() {
    return new ImportCounts(bytesRead, acknowledged, failed, undetermined, bad);
  }

  /** Takes {@code line}; false, and nothing is done, if it comes after the end. */
  private synchronized boolean pass(ImportLine line, long bytes) {
    if (stopped) {
      return false;
    }
    lastLine = line.number();
    bytesRead = bytes;
    if (line instanceof ImportLine.Bad wrong) {
      bad++;
      problems.accept(new Problem(wrong.number(), wrong.reason()));
    }
    return true;
  }

  private void settle(ImportLine.Entry entry, PutOutcome outcome) {
    try {
      count(entry, outcome);
    } finally {
      inFlight.leave(entry);
    }
  }

  private synchronized void count(ImportLine.Entry entry, PutOutcome outcome) {
    switch (outcome) {
      case PutOutcome.Acknowledged ok -> {
        acknowledged++;
        acknowledgedEntries.accept(entry);
      }
      case PutOutcome.Failed failure -> {
        failed++;
        problems.accept(new Problem(entry.number(), failure.reason()));
      }
      case PutOutcome.Undetermined unknown -> {
        undetermined++;
        problems.accept(
            new Problem(entry.number(), "may or may not be written: " + unknown.reason()));
      }
    }
  }
}
