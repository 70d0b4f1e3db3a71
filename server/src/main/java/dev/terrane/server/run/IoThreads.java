package dev.terrane.server.run;

import dev.terrane.store.DiskExecutor;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A few threads for work that waits for the disk. The queue has no bound of its own: whoever
 * submits bounds what it has under way. What work throws is a bug and goes to the {@link
 * FatalHandler}.
 */
public final class IoThreads implements DiskExecutor, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(IoThreads.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

  private final ThreadPoolExecutor executor;
  private final FatalHandler fatal;

  public IoThreads(String name, int threads, FatalHandler fatal) {
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
  public void submit(String name, Runnable work) {
    Runnable guarded =
        () -> {
          try {
            work.run();
          } catch (Throwable failure) {
            fatal.onFatal("io: " + name, failure);
          }
        };
    try {
      executor.execute(guarded);
    } catch (RejectedExecutionException e) {
      if (!executor.isShutdown()) {
        throw e;
      }
      // The node stops, and whoever submits may be a loop, which goes on a little.
    }
  }

  /** How much waits for a thread. */
  public int queued() {
    return executor.getQueue().size();
  }

  /** Finishes what was submitted; what comes later is let go. */
  @Override
  public void close() {
    executor.shutdown();
    try {
      if (!executor.awaitTermination(CLOSE_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
        log.warn("disk work still runs after {}", CLOSE_TIMEOUT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
