package dev.terrane.engine.rocks;

import dev.terrane.common.Invariant;
import dev.terrane.engine.EngineClosedException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets one thread at a time use something until it is shut; shutting waits for the one inside. Half
 * as dear as a {@link Gate} and without its shared cache line, for what is entered once a row.
 *
 * <p>Free, then Busy while someone is inside, then Free again; Free to Shut for good.
 */
final class Turnstile {
  private static final int FREE = 0;
  private static final int BUSY = 1;
  private static final int SHUT = 2;
  private static final long WAIT_NANOS = 20_000;

  private final String what;
  private final AtomicInteger state = new AtomicInteger(FREE);

  Turnstile(String what) {
    this.what = what;
  }

  void enter() {
    if (!state.compareAndSet(FREE, BUSY)) {
      if (state.get() == SHUT) {
        throw new EngineClosedException(what);
      }
      throw Invariant.violated("two threads use one %s at once", what);
    }
  }

  void leave() {
    state.setRelease(FREE);
  }

  /** After this nobody is inside. Answers whether this call shut the turnstile. */
  boolean shut() {
    while (!state.compareAndSet(FREE, SHUT)) {
      if (state.get() == SHUT) {
        return false;
      }
      LockSupport.parkNanos(WAIT_NANOS); // inside is at most one step of a cursor
    }
    return true;
  }
}
