package dev.terrane.engine.rocks;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The snapshots and cursors that are open, so that closing the engine can close them first. {@link
 * #closeAll} is called when the engine takes no new ones; a snapshot may still open cursors until
 * it is closed itself, hence the rounds.
 */
final class OpenReaders {
  private final Set<AutoCloseableReader> open = ConcurrentHashMap.newKeySet();

  /** Something whose close throws nothing, waits for its users, and calls {@link #remove}. */
  interface AutoCloseableReader extends AutoCloseable {
    @Override
    void close();
  }

  void add(AutoCloseableReader reader) {
    open.add(reader);
  }

  void remove(AutoCloseableReader reader) {
    open.remove(reader);
  }

  int count() {
    return open.size();
  }

  void closeAll() {
    while (!open.isEmpty()) {
      for (AutoCloseableReader reader : open) {
        reader.close();
      }
    }
  }
}
