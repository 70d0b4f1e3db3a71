package dev.terrane.cli.node;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Waits for SIGTERM or Ctrl-C, and holds the end of the process back until this is closed, which
 * the caller does once everything has stopped in order. The process then ends with 0: Java alone
 * would end with the signal's number, as if it had been killed.
 *
 * <p>A thread that is still starting things when the signal comes is interrupted.
 */
final class StopSignal implements AutoCloseable {
  private static final long STOP_SECONDS_MAX = 60;

  private final Thread runner = Thread.currentThread();
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread hook = new Thread(this::signalled, "stop");
  private boolean running; // guarded by this

  StopSignal() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Waits until the process is asked to stop. From then on nothing is interrupted. */
  void await() throws InterruptedException {
    synchronized (this) {
      running = true;
    }
    asked.await();
  }

  /** Everything has stopped: if that was asked for, the process ends. */
  @Override
  public void close() {
    stopped.countDown();
    if (asked.getCount() > 0) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // Asked just now; the hook finds that everything has stopped.
      }
    }
  }

  private void signalled() {
    asked.countDown();
    synchronized (this) {
      if (!running) {
        runner.interrupt();
      }
    }
    try {
      if (stopped.await(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
        Runtime.getRuntime().halt(0);
      }
      System.err.println("terrane: not stopped within " + STOP_SECONDS_MAX + " s; ending anyway");
      Runtime.getRuntime().halt(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
