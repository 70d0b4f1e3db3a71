package dev.terrane.server.run;

import dev.terrane.txn.ReadPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The read pool: a few threads and a bounded queue. A later slice of an admitted read goes to the
 * end of the queue even when it is full, so the queue holds at most its bound and one slice for
 * each thread.
 */
public final class ReadThreads implements ReadPool, AutoCloseable {
  private final int queuedMax;
  private final FatalHandler fatal;
  private final AtomicInteger queued = new AtomicInteger();
  private final ThreadPoolExecutor executor;

  public ReadThreads(String name, int threads, int queuedMax, FatalHandler fatal) {
    this.queuedMax = queuedMax;
    this.fatal = fatal;
    this.executor =
        new ThreadPoolExecutor(
            threads,
            threads,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().name(name + "-", 0).daemon(true).factory());
    executor.allowCoreThreadTimeOut(true);
  }

  @Override
  public boolean submit(Runnable work) {
    if (queued.incrementAndGet() > queuedMax) {
      queued.decrementAndGet();
      return false;
    }
    try {
      execute(work);
    } catch (RejectedExecutionException e) {
      queued.decrementAndGet();
      if (!executor.isShutdown()) {
        throw e;
      }
      return false; // the node stops, and whoever asks may be a loop, which goes on a little
    }
    return true;
  }

  @Override
  public void resume(Runnable slice) {
    queued.incrementAndGet();
    execute(slice);
  }

  private void execute(Runnable work) {
    executor.execute(() -> {
      queued.decrementAndGet();
      try {
        work.run();
      } catch (Throwable failure) {
        fatal.onFatal("read pool", failure);
      }
    });
  }

  /** How many reads wait for a thread. */
  public int queued() {
    return queued.get();
  }

  /** Runs what was admitted to its end. */
  @Override
  public void close() {
    executor.shutdown();
    try {
      executor.awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
