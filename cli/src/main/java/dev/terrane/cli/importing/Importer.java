package dev.terrane.cli.importing;

import dev.terrane.common.Invariant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads entries and keeps a bounded number of puts under way until all are answered. A line that is
 * no entry, and an entry that is refused, are reported and counted; the others go on. While the
 * cluster does not serve, all wait ({@link Outage}).
 *
 * <p>{@link #run} is called once, by one thread; {@link #counts} and {@link #stop} may be called by
 * any.
 */
final class Importer {
  /** A line that did not become an acknowledged entry, and why. */
  record Problem(long line, String reason) {}

  /** Hears of lines that are not written, or may not be, and why. */
  interface Rejection {
    void entry(ImportLine.Entry entry, String reason);

    void bad(ImportLine.Bad line);
  }

  private final LineReader lines;
  private final EntryWriter writer;
  private final InFlight inFlight;
  private final Consumer<Problem> problems;
  private final Consumer<ImportLine.Entry> acknowledgedEntries;
  private final Rejection rejections;
  private final Outage outage;

  // Guarded by this.
  private final RejectedKeys rejectedKeys = new RejectedKeys();
  private boolean stopped;
  private long lastLine;
  private long bytesRead;
  private long acknowledged;
  private long failed;
  private long undetermined;
  private long bad;

  /** Why what was to be told of an entry could not be. */
  private @Nullable UncheckedIOException untold;

  /** The first line of which it could not. */
  private long firstUntold = Long.MAX_VALUE;

  /**
   * @param problems told of every line that did not become an acknowledged entry, one at a time
   * @param acknowledgedEntries told of every acknowledged entry, one at a time
   * @param rejections told of every other entry, and of every line that is none, one at a time;
   *     also of what was acknowledged after a rejected line of the same key, so that the last line
   *     wins when all of them are put once more
   * @param waiting how long the cluster may not serve, and who is told that it does not
   */
  Importer(
      LineReader lines,
      EntryWriter writer,
      InFlight inFlight,
      Consumer<Problem> problems,
      Consumer<ImportLine.Entry> acknowledgedEntries,
      Rejection rejections,
      Waiting waiting) {
    this.lines = lines;
    this.writer = writer;
    this.inFlight = inFlight;
    this.problems = problems;
    this.acknowledgedEntries = acknowledgedEntries;
    this.rejections = rejections;
    this.outage =
        new Outage(
            waiting.patience(),
            waiting.later(),
            waiting.nanoTime(),
            inFlight,
            waiting.told(),
            this::put,
            (entry, reason) -> end(entry, new PutOutcome.Failed(reason)));
  }

  /** How to wait for a cluster that does not serve. */
  record Waiting(
      Duration patience, Outage.Later later, LongSupplier nanoTime, Consumer<String> told) {}

  /**
   * Imports all lines, or those before {@link #stop} or before patience with the cluster is out;
   * returns, or throws, once every entry is settled.
   */
  ImportCounts run() throws IOException, InterruptedException {
    try {
      for (ImportLine line = lines.next(); line != null; line = lines.next()) {
        if (line instanceof ImportLine.Entry entry && !inFlight.enter(entry)) {
          break;
        }
        if (!pass(line, lines.bytesConsumed())) {
          break;
        }
        if (line instanceof ImportLine.Entry entry) {
          put(entry);
        }
      }
    } finally {
      inFlight.awaitNone();
    }
    return finished();
  }

  private synchronized ImportCounts finished() {
    if (untold != null) {
      throw untold;
    }
    return counts();
  }

  /** Whether it ended because the cluster did not serve for too long. */
  boolean gaveUp() {
    return outage.isOver();
  }

  /**
   * Where to go on behind: this line and all before it are settled once {@link #run} ends. That is
   * the last one taken, unless nothing could be told of one, which is in no file then.
   */
  synchronized long lastLine() {
    return Math.min(lastLine, firstUntold - 1);
  }

  private void put(ImportLine.Entry entry) {
    writer.put(entry, outcome -> settle(entry, outcome));
  }

  /**
   * Takes no further line and waits until what is under way is settled, whether or not {@link #run}
   * is waiting for input.
   *
   * @return {@link #lastLine}
   */
  long stop() throws InterruptedException {
    outage.end("interrupted before it was written");
    inFlight.awaitNone();
    synchronized (this) {
      stopped = true;
      return lastLine();
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
      tellOf(wrong);
    }
    return true;
  }

  private void tellOf(ImportLine.Bad wrong) {
    try {
      rejections.bad(wrong);
    } catch (UncheckedIOException e) {
      stopUntold(wrong, e);
    }
  }

  private void settle(ImportLine.Entry entry, PutOutcome outcome) {
    if (outcome instanceof PutOutcome.Unserved unserved) {
      outage.unserved(entry, unserved.reason());
    } else {
      end(entry, outcome);
      outage.settled(entry, outcome instanceof PutOutcome.Acknowledged);
    }
  }

  private void end(ImportLine.Entry entry, PutOutcome outcome) {
    try {
      count(entry, outcome);
    } catch (UncheckedIOException e) {
      stopUntold(entry, e);
    } finally {
      inFlight.leave(entry);
    }
  }

  /** What cannot be told of is not begun. */
  private synchronized void stopUntold(ImportLine line, UncheckedIOException failure) {
    firstUntold = Math.min(firstUntold, line.number());
    if (untold == null) {
      untold = failure;
    }
    inFlight.stop();
  }

  private synchronized void count(ImportLine.Entry entry, PutOutcome outcome) {
    switch (outcome) {
      case PutOutcome.Acknowledged ok -> {
        acknowledged++;
        acknowledgedEntries.accept(entry);
        if (rejectedKeys.mayContain(entry.key())) {
          // Else the rejected line, put when this import is over, would come after it and win.
          rejections.entry(entry, "written; put again after an earlier line of its key");
        }
      }
      case PutOutcome.Failed failure -> {
        failed++;
        problems.accept(new Problem(entry.number(), failure.reason()));
        reject(entry, failure.reason());
      }
      case PutOutcome.Unserved waits ->
          throw Invariant.violated("line %d waits and is counted", entry.number());
      case PutOutcome.Undetermined unknown -> {
        undetermined++;
        String reason = "may or may not be written: " + unknown.reason();
        problems.accept(new Problem(entry.number(), reason));
        reject(entry, reason);
      }
    }
  }

  private void reject(ImportLine.Entry entry, String reason) {
    rejectedKeys.add(entry.key());
    rejections.entry(entry, reason);
  }
}
