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

  InFlight(int entriesMax, long bytesMax) {
    this.entriesMax = entriesMax;
    this.bytesMax = bytesMax;
  }

  /** Waits until {@code entry} may be under way. An entry above the bound in bytes goes alone. */
  synchronized void enter(ImportLine.Entry entry) throws InterruptedException {
    while (!keys.isEmpty()
        && (keys.size() >= entriesMax
            || bytes + entry.size() > bytesMax
            || keys.contains(entry.key()))) {
      wait();
    }
    keys.add(entry.key());
    bytes += entry.size();
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
