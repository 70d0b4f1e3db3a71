package dev.terrane.engine.rocks;

import dev.terrane.engine.EngineClosedException;
import java.util.concurrent.locks.StampedLock;

/**
 * Lets any number of threads use something until it is shut; shutting waits for those inside.
 *
 * <p>Not reentrant: a thread that is inside must not enter again, or a thread that shuts the gate
 * between the two would wait for it while it waits for that thread.
 */
final class Gate {
  private final String what;
  private final StampedLock lock = new StampedLock();
  private boolean shut; // written under the write lock, read under the read lock

  Gate(String what) {
    this.what = what;
  }

  /** Enters, to leave with what is returned here. */
  long enter() {
    long stamp = lock.readLock();
    if (shut) {
      lock.unlockRead(stamp);
      throw new EngineClosedException(what);
    }
    return stamp;
  }

  void leave(long stamp) {
    lock.unlockRead(stamp);
  }

  /** After this nobody is inside. Answers whether this call shut the gate. */
  boolean shut() {
    long stamp = lock.writeLock();
    try {
      boolean first = !shut;
      shut = true;
      return first;
    } finally {
      lock.unlockWrite(stamp);
    }
  }
}
