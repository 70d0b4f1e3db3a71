package dev.terrane.cli.importing;

import dev.terrane.common.Bytes;
import java.util.HashSet;
import java.util.Set;

/**
 * The entries under way: a bounded number, a bounded sum of bytes, and never two of the same key,
 * so that of several lines with one key the last one wins.
 *
 * <p>Thread-safe. The reading thread waits in {@link #enter}; completions come from any thread.
 */
final class InFlight {
  private final int entriesMax;
  private final long bytesMax;
  private final Set<Bytes> keys = new HashSet<>();
  private long bytes;
  private boolean paused;
  private boolean stopped;

  InFlight(int entriesMax, long bytesMax) {
    this.entriesMax = entriesMax;
    this.bytesMax = bytesMax;
  }

  /**
   * Waits until {@code entry} may be under way. An entry above the bound in bytes goes alone.
   *
   * @return false if nothing may be any more
   */
  synchronized boolean enter(ImportLine.Entry entry) throws InterruptedException {
    while (!stopped && (paused || !fits(entry))) {
      wait();
    }
    if (stopped) {
      return false;
    }
    keys.add(entry.key());
    bytes += entry.size();
    return true;
  }

  private boolean fits(ImportLine.Entry entry) {
    return keys.isEmpty()
        || (keys.size() < entriesMax
            && bytes + entry.size() <= bytesMax
            && !keys.contains(entry.key()));
  }

  /** For a while nothing new may be under way. */
  synchronized void pause() {
    paused = true;
  }

  synchronized void goOn() {
    paused = false;
    notifyAll();
  }

  /** From now on nothing new may be under way. */
  synchronized void stop() {
    stopped = true;
    notifyAll();
  }

  synchronized void leave(ImportLine.Entry entry) {
    keys.remove(entry.key());
    bytes -= entry.size();
    notifyAll();
  }

  /** Waits until nothing is under way. */
  synchronized void awaitNone() throws InterruptedException {
    while (!keys.isEmpty()) {
      wait();
    }
  }
}
