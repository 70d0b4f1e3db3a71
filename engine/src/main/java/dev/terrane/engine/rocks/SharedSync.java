package dev.terrane.engine.rocks;

import dev.terrane.engine.EngineException;
import org.jspecify.annotations.Nullable;

/**
 * Lets callers that wait for a sync at the same time share one. A caller is covered only by a sync
 * that began after it came: one under way may have passed its writes by.
 *
 * <p>A failed sync is never tried again, since the next one may report success for pages that the
 * kernel has already dropped: it fails everybody who waits and everybody who comes later.
 */
final class SharedSync {
  /** Makes everything written before the call durable. */
  interface Sync {
    void run() throws EngineException;
  }

  private final Sync sync;
  private long begun; // syncs begun so far
  private long done; // the last sync that has ended
  private volatile @Nullable EngineException failure; // written under the monitor

  SharedSync(Sync sync) {
    this.sync = sync;
  }

  /** Returns after a sync that began after this call. */
  void await() {
    synchronized (this) {
      long needed = begun + 1;
      while (begun != done && done < needed) {
        waitForEnd();
      }
      throwIfFailed();
      if (done >= needed) {
        return;
      }
      begun++;
    }
    runOne();
  }

  private void runOne() {
    EngineException failed = new EngineException("sync did not end", false, null);
    try {
      sync.run();
      failed = null;
    } catch (EngineException e) {
      failed = e;
    } finally {
      end(failed);
    }
    if (failed != null) {
      throw failed;
    }
  }

  private synchronized void end(@Nullable EngineException failed) {
    done++;
    if (failure == null) {
      failure = failed;
    }
    notifyAll();
  }

  private void waitForEnd() {
    boolean interrupted = false;
    long ending = begun;
    while (done < ending) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true; // a sync is short, and half a barrier is none
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Fails if a sync has failed: what the disk holds is unknown since. */
  void throwIfFailed() {
    EngineException failed = failure;
    if (failed != null) {
      throw new EngineException("an earlier sync failed, nothing more is written", false, failed);
    }
  }
}
