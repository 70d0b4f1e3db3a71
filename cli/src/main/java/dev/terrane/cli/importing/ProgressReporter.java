package dev.terrane.cli.importing;

import dev.terrane.cli.TerminalStreams;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Shows how far an import has come until it is closed: on a terminal a bar that is drawn over, else
 * a line now and then. Problems appear above the bar.
 *
 * <p>Has one thread, which {@link #close} ends.
 */
final class ProgressReporter implements AutoCloseable {
  private static final Duration REDRAW = Duration.ofMillis(200);
  private static final Duration NEXT_LINE = Duration.ofSeconds(5);
  private static final String CLEAR_LINE = "\r\u001b[K";

  /** A terminal that has become narrower cuts the bar off instead of going on in the next line. */
  private static final String CUT_OFF = "\u001b[?7l";

  private static final String GO_ON_BELOW = "\u001b[?7h";

  private final PrintWriter out;
  private final boolean terminal;
  private final ProgressText text;
  private final Supplier<ImportCounts> counts;
  private final long startNanos = System.nanoTime();
  private final Thread thread = new Thread(this::show, "progress");
  private boolean closed; // guarded by this
  private boolean drawn; // guarded by this

  ProgressReporter(
      PrintWriter out, boolean terminal, ProgressText text, Supplier<ImportCounts> counts) {
    this.out = out;
    this.terminal = terminal;
    this.text = text;
    this.counts = counts;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }

  /** Prints a line of its own. */
  synchronized void say(String line) {
    clear();
    out.println(line);
    out.flush();
  }

  /** Draws nothing more. */
  synchronized void end() {
    closed = true;
    clear();
    out.flush();
    notifyAll();
  }

  @Override
  public void close() {
    end();
  }

  private void show() {
    while (pause()) {
      // Not under the lock: whoever counts may be waiting to say something.
      ImportCounts now = counts.get();
      draw(now);
    }
  }

  /** Waits for the next time to draw; false once this is closed. */
  private synchronized boolean pause() {
    long until = System.nanoTime() + (terminal ? REDRAW : NEXT_LINE).toNanos();
    try {
      for (long left = until - System.nanoTime();
          !closed && left > 0;
          left = until - System.nanoTime()) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      return false;
    }
    return !closed;
  }

  private synchronized void draw(ImportCounts now) {
    if (closed) {
      return;
    }
    if (terminal) {
      // The last column stays free: some terminals go on in the next line once it is taken.
      String bar = text.bar(now, elapsed(), TerminalStreams.errorColumns() - 1);
      out.print(CLEAR_LINE + CUT_OFF + bar + GO_ON_BELOW);
      drawn = true;
    } else {
      out.println(text.plain(now, elapsed()));
    }
    out.flush();
  }

  private void clear() {
    if (drawn) {
      out.print(CLEAR_LINE);
      drawn = false;
    }
  }
}
